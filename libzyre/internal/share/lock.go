package share

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// lockFile is held by the node that uses the directory it is in, and is not there else.
const lockFile = ".lock"

// lock takes a directory for this node, until unlock or the end of the process. Where the lock cannot be had for any other reason than that
// somebody has it, such as a file system without locks, there is none.
func (s *Share) lock(what, dir string) error {
	for {
		l := flock.New(filepath.Join(dir, lockFile))
		switch mine, err := l.TryLock(); {
		case err != nil:
			s.cfg.Log.Warn("the directory cannot be locked: no other node must use it", "dir", dir, "err", err)
			return nil
		case !mine:
			return fmt.Errorf("%w: the %s %s is in use by another node: give each one of its own", core.ErrInvalid, what, dir)
		}
		if held, err := l.Stat(); err == nil {
			if there, err := os.Stat(l.Path()); err == nil && os.SameFile(held, there) {
				s.locks = append(s.locks, l)
				return nil
			}
		}
		l.Close() // another node has removed it since we opened it
	}
}

// unlock lets go of the directories.
func (s *Share) unlock() {
	for _, l := range s.locks {
		err := os.Remove(l.Path()) // first, for behind Close it may be somebody else's
		l.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			os.Remove(l.Path()) // Windows removes no file that is open
		}
	}
	s.locks = nil
}
