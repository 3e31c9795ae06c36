//go:build !unix

package fmq

// becomeNobody is for TestUnreadableFile, which other systems do not have.
func becomeNobody() error { return nil }
