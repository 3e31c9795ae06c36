// Package state keeps what a tool shall know again when it is started anew.
package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"
	"github.com/zeromq/gozyre/libzyre"
)

// Identity is a node's UUID, which belongs to this process until Release.
type Identity struct {
	UUID zyre.UUID
	Kept bool // the next one has it too
	lock *flock.Flock
}

// Release lets another process have the UUID. So does the end of the process,
// however it comes.
func (i *Identity) Release() {
	if i.lock != nil {
		_ = i.lock.Close()
	}
}

// Dir is where the tools keep theirs: zyre below the system's directory for
// state, which is $XDG_STATE_HOME where that is set, else ~/.local/state on
// Linux.
func Dir() string { return filepath.Join(xdg.StateHome, "zyre") }

// Take returns the identity that is kept for a tool, whose name is that of a
// file. A first or a second instance gets a fresh UUID, and so does one on
// another host, to which a home was copied or which shares it: two nodes with
// one UUID would drive each other out.
//
// The Identity can always be used. An error says why it is not kept.
func Take(tool string) (*Identity, error) { return take(Dir(), tool) }

func take(dir, tool string) (*Identity, error) {
	fresh := &Identity{UUID: zyre.NewUUID()}
	if !filepath.IsAbs(dir) {
		return fresh, errors.New("there is no home directory: set HOME or XDG_STATE_HOME")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fresh, err
	}
	file := filepath.Join(dir, tool)
	lock := flock.New(file+".lock", flock.SetPermissions(0o600))
	switch mine, err := lock.TryLock(); {
	case err != nil:
		return fresh, fmt.Errorf("%s.lock: %w", file, err)
	case !mine:
		return fresh, nil
	}
	host, _ := os.Hostname()
	kept, err := read(file, host)
	if err == nil && kept == (zyre.UUID{}) {
		kept, err = fresh.UUID, write(file, fresh.UUID, host)
	}
	if err != nil {
		_ = lock.Close()
		return fresh, err
	}
	return &Identity{UUID: kept, Kept: true, lock: lock}, nil
}

// longest is how much of a file is read that might be anything.
const longest = 1 << 10

// read returns the UUID of a file; zero if it has none for this host. The file
// is a line: the UUID, a space, the host.
func read(file, host string) (zyre.UUID, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return zyre.UUID{}, nil
	}
	if err != nil {
		return zyre.UUID{}, err
	}
	defer f.Close()
	text := make([]byte, longest)
	n, _ := f.Read(text)
	digits, of, _ := strings.Cut(strings.TrimSuffix(string(text[:n]), "\n"), " ")
	id, err := zyre.ParseUUID(digits)
	if err != nil || of != host {
		return zyre.UUID{}, nil // it is written anew
	}
	return id, nil
}

// write replaces the file. Half of it would be noticed by read, and cost a UUID
// that is kept.
func write(file string, id zyre.UUID, host string) error {
	return os.WriteFile(file, fmt.Appendf(nil, "%s %s\n", id, host), 0o600)
}

// Outbox is a directory for the links to what a node of that identity
// publishes.
func (i *Identity) Outbox() string {
	if dir := Dir(); filepath.IsAbs(dir) {
		if err := os.MkdirAll(dir, 0o700); err == nil {
			return filepath.Join(dir, "outbox", i.UUID.String())
		}
	}
	return filepath.Join(os.TempDir(), "zyre-outbox-"+i.UUID.String())
}
