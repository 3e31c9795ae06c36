//go:build !unix

package libzmq

// descriptors is how many descriptors the process may open, or 0 when that is unknown.
func descriptors() uint64 { return 0 }
