package inbox

import (
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// handle is a folder that is held open for rename: through os.Root every rename would open all folders on both ways again, which doubles
// its time.
type handle struct{ dir *os.File }

func openHandle(r *os.Root) (handle, error) {
	dir, err := r.Open(".")
	return handle{dir}, err
}

func (h handle) close() {
	if h.dir != nil {
		h.dir.Close()
	}
}

// rename puts a temporary file under its name. Neither name has a slash.
func rename(at *place, temp string, to *folder, base string) error {
	for {
		err := syscall.Renameat(int(at.temp.dir.Fd()), temp, int(to.handle.dir.Fd()), base)
		runtime.KeepAlive(at.temp.dir)
		runtime.KeepAlive(to.handle.dir)
		if err != syscall.EINTR {
			return err
		}
	}
}

// stamp sets the modification time (zero: none), closes the file and tells what it is now.
func stamp(_ *os.Root, f *os.File, _ string, t time.Time) (info fs.FileInfo, timeErr, err error) {
	if !t.IsZero() {
		ts := [2]syscall.Timespec{syscall.NsecToTimespec(t.UnixNano()), syscall.NsecToTimespec(t.UnixNano())}
		_, _, errno := syscall.Syscall6(syscall.SYS_UTIMENSAT, f.Fd(), 0, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
		if errno != 0 {
			timeErr = errno
		}
	}
	info, err = f.Stat()
	if e := f.Close(); err == nil {
		err = e
	}
	return info, timeErr, err
}

// clone lets dst share the content of src where the file system can do that, which takes no time and no room.
func clone(dst, src *os.File) bool {
	const ficlone = 0x40049409
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, dst.Fd(), ficlone, src.Fd())
	runtime.KeepAlive(src)
	return errno == 0
}

// reserve makes room on the disk for octets from an offset on, if the file system can do that. The file's size stays.
func reserve(f *os.File, offset, octets int64) {
	const keepSize = 1
	for syscall.Fallocate(int(f.Fd()), keepSize, offset, octets) == syscall.EINTR {
	}
	runtime.KeepAlive(f)
}
