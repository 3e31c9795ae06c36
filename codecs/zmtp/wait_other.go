//go:build !unix

package zmtp

import "errors"

// canWait says that one can wait for a connection to become readable without holding a buffer.
const canWait = false

func readInto(uintptr, []byte) (int, error)  { return 0, errors.ErrUnsupported }
func writeFrom(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }
func wouldWait(error) bool                   { return false }
