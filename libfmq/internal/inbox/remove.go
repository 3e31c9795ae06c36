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
	if err := CheckName(name); err != nil {
		return false, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	at, err := in.place()
	if err != nil {
		return false, err
	}
	if p := at.partials[partialKey{origin, name}]; p != nil {
		at.removePartial(p)
	}
	to, base, err := at.folder(name, false)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			at.gone(name)
			return false, nil
		}
		return false, err
	}
	info, err := to.target(name, base)
	if err != nil {
		return false, err
	}
	if info == nil {
		at.gone(name)
		return false, nil
	}
	if e := at.index.files[name]; !mirror && (e == nil || e.origin != origin || !e.matches(keyOf("", info))) {
		return false, nil
	}
	if err := to.root.Remove(base); err != nil {
		return false, fmt.Errorf("inbox: %w", err)
	}
	at.gone(name)
	at.removeEmpty(name)
	return true, nil
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
