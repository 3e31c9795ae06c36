package dir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrChanged says that a file is no longer in the state in which it was told.
var ErrChanged = errors.New("the file has changed")

// Open opens a file for reading, in the state that it was told in: if it is in another one, or gone, the error is ErrChanged (and
// fs.ErrNotExist). It never opens anything outside of the directory, except what a portable link names. It works after Close, too.
func (w *Watcher) Open(f *File) (*os.File, error) {
	file, err := w.open(f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%q: %w: %w", f.Name, ErrChanged, err)
	} else if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !f.is(info) {
		err = fmt.Errorf("%q: %w", f.Name, ErrChanged)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (w *Watcher) open(f *File) (*os.File, error) {
	switch {
	case f.straight:
		return openStraight(f.Link, openFile)
	case f.Link != "":
		return os.OpenFile(f.Link, openFile, 0)
	}
	top, err := os.OpenRoot(w.dir)
	if err != nil {
		return nil, err
	}
	defer top.Close()
	name, err := w.where(top, f)
	if err != nil {
		return nil, err
	}
	return top.OpenFile(name, openFile, 0)
}

// where gives where in the directory a file is.
func (w *Watcher) where(top *os.Root, f *File) (string, error) {
	if !f.linked {
		return filepath.FromSlash(f.Name), nil
	}
	dir, err := filepath.EvalSymlinks(w.dir)
	if err != nil {
		return "", err
	}
	name, _, err := resolve(top, dir, f.Name)
	return filepath.FromSlash(name), err
}

// Same tells whether an open file is still in the state in which it was told, and still has its name. An error means that this cannot be
// known.
func (w *Watcher) Same(f *File, file *os.File) (bool, error) {
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	if !f.is(info) {
		return false, nil
	}
	named, err := w.stat(f)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return os.SameFile(info, named), nil
}

func (w *Watcher) stat(f *File) (fs.FileInfo, error) {
	switch {
	case f.straight:
		return statStraight(f.Link)
	case f.Link != "":
		return os.Stat(f.Link)
	}
	top, err := os.OpenRoot(w.dir)
	if err != nil {
		return nil, err
	}
	defer top.Close()
	name, err := w.where(top, f)
	if err != nil {
		return nil, err
	}
	return top.Stat(name)
}
