package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// folder is one in which files stand.
type folder struct {
	path   string // "." is the inbox
	root   *os.Root
	info   fs.FileInfo
	handle handle // for rename
}

// folder opens the one that the file is in, or will be, and gives the file's name in it. With make it makes the folders that are not
// there. What is on the way has to be folders: links are refused even where they stay in the inbox, for they might lead to our own folder.
// The last one is held open, since files often come by folders. Inbox.mu is held.
func (at *place) folder(name string, make bool) (*folder, string, error) {
	d, base := path.Dir(name), path.Base(name)
	if at.last != nil && at.last.path == d {
		if d == "." {
			return at.last, base, nil
		}
		if info, err := at.root.Lstat(d); err == nil && os.SameFile(info, at.last.info) {
			return at.last, base, nil
		}
	}
	at.forgetFolder()
	to := &folder{path: d, root: at.root, info: at.info}
	for done := 0; d != "." && done < len(d); {
		end := done + len(d[done:])
		if i := strings.IndexByte(d[done:], '/'); i >= 0 {
			end = done + i
		}
		next, info, err := at.step(to.root, d[:end], d[done:end], make)
		to.close(at)
		if err != nil {
			return nil, "", err
		}
		to.root, to.info = next, info
		done = end + 1
	}
	var err error
	if to.handle, err = openHandle(to.root); err != nil {
		to.close(at)
		return nil, "", fmt.Errorf("inbox: %w", err)
	}
	at.last = to
	return to, base, nil
}

// step opens the folder called name; whole is its path.
func (at *place) step(parent *os.Root, whole, name string, make bool) (*os.Root, fs.FileInfo, error) {
	info, err := parent.Lstat(name)
	if make && errors.Is(err, fs.ErrNotExist) {
		if err := at.index.put(record{kind: "folder", name: whole}); err != nil {
			return nil, nil, err
		}
		if err := parent.Mkdir(name, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, nil, fmt.Errorf("inbox: %w", err)
		}
		info, err = parent.Lstat(name)
	}
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("inbox: %w", err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, nil, fmt.Errorf("%w: %q is a symbolic link, which is not followed", ErrInTheWay, whole)
	case !info.IsDir():
		return nil, nil, fmt.Errorf("%w: %q is no folder", ErrInTheWay, whole)
	case os.SameFile(info, at.own):
		return nil, nil, fmt.Errorf("%w: %q is the inbox's own folder", ErrName, whole)
	}
	next, err := parent.OpenRoot(name)
	if err != nil {
		return nil, nil, fmt.Errorf("inbox: %w", err)
	}
	return next, info, nil
}

func (to *folder) close(at *place) {
	to.handle.close()
	if to.root != at.root {
		to.root.Close()
	}
}

func (at *place) forgetFolder() {
	if at.last != nil {
		at.last.close(at)
		at.last = nil
	}
}

// removeEmpty removes the folders of ours above the file that are empty now.
func (at *place) removeEmpty(name string) {
	for d := path.Dir(name); d != "." && at.index.removeFolder(d); d = path.Dir(d) {
		if at.last != nil && at.last.path == d {
			at.forgetFolder()
		}
	}
}

// target tells what stands under the name in its folder: a regular file (true) or nothing. Anything else is in the way.
func (to *folder) target(name, base string) (fs.FileInfo, error) {
	info, err := to.root.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("inbox: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("%w: %q is a folder here", ErrInTheWay, name)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%w: %q is a symbolic link here, which is neither followed nor replaced", ErrInTheWay, name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %q is no regular file here", ErrInTheWay, name)
	}
	return info, nil
}
