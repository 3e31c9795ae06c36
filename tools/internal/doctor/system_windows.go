package doctor

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// What connecting, sending and binding fail with.
var (
	refusals = []syscall.Errno{windows.WSAECONNREFUSED, windows.WSAECONNRESET}
	denials  = []syscall.Errno{windows.WSAEACCES}
	inUse    = []syscall.Errno{windows.WSAEADDRINUSE}
)

// limit of descriptors: Windows has none to speak of.
func limit() uint64 { return 0 }
