package dir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// openStat is for files of which only the state is to be seen, and for folders on the way: they need not be readable (O_PATH).
const openStat = 0x200000

// openStraight opens an absolute path without following a symbolic link anywhere in it: name by name, so that nobody can put one there meanwhile.
func openStraight(path string, flag int) (*os.File, error) {
	at, err := openAt(-1, "/", openStat|syscall.O_DIRECTORY)
	names := strings.Split(strings.TrimPrefix(filepath.Clean(path), "/"), "/")
	for i, name := range names {
		if err != nil {
			break
		}
		f := openStat | syscall.O_DIRECTORY
		if i == len(names)-1 {
			f = flag
		}
		var next int
		next, err = openAt(at, name, f)
		syscall.Close(at)
		at = next
	}
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENOTDIR) {
		err = errLink // or a file is on the way
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(at), path), nil
}

func openAt(dir int, name string, flag int) (fd int, err error) {
	for {
		fd, err = syscall.Openat(dir, name, flag|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
		if !errors.Is(err, syscall.EINTR) {
			return fd, err
		}
	}
}
