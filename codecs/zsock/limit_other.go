//go:build !unix

package zsock

// Descriptors is how many descriptors the process may open, or 0 when that is unknown.
//
// Draft: may change.
func Descriptors() uint64 { return 0 }
