//go:build !unix

package dechat

// onResize: nothing tells of another size here.
func onResize(func()) (stop func()) { return func() {} }
