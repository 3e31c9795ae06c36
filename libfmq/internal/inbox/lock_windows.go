package inbox

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// lockFile locks the file until it is closed, or fails if somebody else holds it.
func lockFile(f *os.File) error {
	defer runtime.KeepAlive(f)
	const failImmediately, exclusive = 1, 2
	var o syscall.Overlapped
	ok, _, err := lockFileEx.Call(f.Fd(), failImmediately|exclusive, 0, 1, 0, uintptr(unsafe.Pointer(&o)))
	if ok == 0 {
		return err
	}
	return nil
}
