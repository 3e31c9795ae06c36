//go:build !linux

package inbox

import (
	"io/fs"
	"os"
	"path"
	"time"
)

// handle is nothing here; see os_linux.go.
type handle struct{}

func openHandle(*os.Root) (handle, error) { return handle{}, nil }

func (handle) close() {}

func rename(at *place, temp string, to *folder, base string) error {
	return at.root.Rename(path.Join(private, "partial", temp), path.Join(to.path, base))
}

// stamp sets the modification time (zero: none), closes the file and tells what it is now.
func stamp(partial *os.Root, f *os.File, temp string, t time.Time) (info fs.FileInfo, timeErr, err error) {
	// Windows sets the time anew when a file is closed.
	if err := f.Close(); err != nil {
		return nil, nil, err
	}
	if !t.IsZero() {
		timeErr = partial.Chtimes(temp, t, t)
	}
	info, err = partial.Lstat(temp)
	return info, timeErr, err
}

func clone(dst, src *os.File) bool { return false }

func reserve(f *os.File, offset, octets int64) {}
