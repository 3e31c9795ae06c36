//go:build !linux

package dir

import (
	"io/fs"
	"os"
	"path/filepath"
)

const openStat = openFile

// openStraight opens an absolute path that no symbolic link is in. Here that is looked at before and behind: who is very quick may have one there meanwhile.
func openStraight(path string, flag int) (*os.File, error) {
	if err := checkStraight(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|noFollow, 0)
	if err != nil {
		return nil, err
	}
	err = checkStraight(path)
	if err == nil {
		var here, there fs.FileInfo
		if here, err = f.Stat(); err == nil {
			if there, err = os.Lstat(path); err == nil && !os.SameFile(here, there) {
				err = errLink
			}
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func checkStraight(path string) error {
	if real, err := filepath.EvalSymlinks(path); err != nil {
		return err
	} else if real != filepath.Clean(path) {
		return &fs.PathError{Op: "open", Path: path, Err: errLink}
	}
	return nil
}
