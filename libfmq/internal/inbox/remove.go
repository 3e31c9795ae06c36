package inbox

import (
	"errors"
	"fmt"
	"io/fs"
)

// Remove deletes a file, and the folders that became empty and were made for files that came. A part of the file from origin that was kept
// goes too. Without mirror only a file is deleted that came from origin and was not changed since; with it any regular file. It tells
// whether there was such a file. (rfcs/filemq, 5.6)
func (in *Inbox) Remove(origin, name string, mirror bool) (removed bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	at, to, base, info, err := in.unwanted(origin, name)
	if err != nil {
		return false, err
	}
	if info == nil {
		at.gone(name)
		return false, nil
	}
	if !mirror && !at.untouched(origin, name, info) {
		return false, nil
	}
	if err := to.root.Remove(base); err != nil {
		return false, fmt.Errorf("inbox: %w", err)
	}
	at.gone(name)
	at.removeEmpty(name)
	return true, nil
}

// Leave is Remove without deleting the file: it tells whether there is one that came from origin and was not changed since, and that stays. A part of
// a newer one goes.
func (in *Inbox) Leave(origin, name string) (left bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	at, _, _, info, err := in.unwanted(origin, name)
	return err == nil && info != nil && at.untouched(origin, name, info), err
}

// unwanted removes the part of a file from origin, and finds what is there under its name: info is nil if that is nothing. in.mu is held.
func (in *Inbox) unwanted(origin, name string) (at *place, to *folder, base string, info fs.FileInfo, err error) {
	if err = CheckName(name); err != nil {
		return
	}
	if at, err = in.place(); err != nil {
		return
	}
	if p := at.partials[partialKey{origin, name}]; p != nil {
		at.removePartial(p)
	}
	if to, base, err = at.folder(name, false); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return
	}
	info, err = to.target(name, base)
	return
}

// untouched tells whether the file of that name came from origin, and was not changed since.
func (at *place) untouched(origin, name string, info fs.FileInfo) bool {
	e := at.index.files[name]
	return e != nil && e.origin == origin && e.matches(keyOf("", info))
}

// gone takes note that there is no such file any more.
func (at *place) gone(name string) {
	delete(at.states, name)
	if at.index.files[name] == nil {
		return
	}
	if err := at.index.put(record{kind: "gone", name: name}); err != nil {
		at.index.log.Debug("the index cannot be written", "error", err)
	}
}
