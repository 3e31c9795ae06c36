package inbox

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"
)

// Delivered is a file that stands whole under its name.
type Delivered struct {
	Path   string // where it is
	Size   int64
	Digest [sha1.Size]byte
}

// Finish gives the file its mode and modification time, and its name; what stood there is replaced, nothing of it remains. Folders are made
// as needed. It is not synced.
//
// Everything is removed if the digest is not the one that is wanted ([ErrDigest]; nil: any will do), if the size is not the header's
// ([ErrSize]), if a folder or a link stands under the name, or something else than a folder on the way there ([ErrInTheWay]), or on any other
// error but one that [IsTemporary]: then Finish may be called again, or Keep.
func (f *File) Finish(want *[sha1.Size]byte) (Delivered, error) {
	if f.ended {
		return Delivered{}, ErrFinished
	}
	err := f.finish(want)
	if err != nil {
		if !IsTemporary(err) || f.f == nil && f.info == nil {
			f.Discard()
		}
		return Delivered{}, err
	}
	f.end()
	return Delivered{Path: filepath.Join(f.in.path, filepath.FromSlash(f.name)), Size: f.size, Digest: f.digest}, nil
}

func (f *File) finish(want *[sha1.Size]byte) error {
	digest := f.Digest()
	if f.header.Size >= 0 && f.size != f.header.Size {
		return fmt.Errorf("%w: %q has %d octets, and %d were announced", ErrSize, f.name, f.size, f.header.Size)
	}
	if want != nil && *want != digest {
		return fmt.Errorf("%w: %q has %X, and %X was announced", ErrDigest, f.name, digest, *want)
	}
	if err := f.settle(); err != nil {
		return err
	}
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	if at, err := f.in.place(); err != nil {
		return err
	} else if at != f.at {
		return fmt.Errorf("%w: %q", ErrGone, f.name)
	}
	err := f.rename(digest)
	for try := 0; errors.Is(err, fs.ErrNotExist) && try < 10; try++ { // somebody removed an empty folder just now
		err = f.rename(digest)
	}
	if err != nil {
		f.at.removeEmpty(f.name)
		return err
	}
	if f.about {
		f.at.partial.Remove(f.temp + aboutSuffix)
	}
	f.at.remember(f.name, f.info, f.hash)
	return nil
}

// settle makes the temporary file what the file shall be, and closes it.
func (f *File) settle() error {
	if f.f == nil {
		return nil
	}
	if f.surplus {
		if err := f.f.Truncate(f.size); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
		f.surplus = false
	}
	// Some file systems know neither modes nor times. The content is what matters.
	if hasModes && !f.hasMode {
		if err := f.f.Chmod(f.mode()); err != nil {
			f.in.log.Debug("the mode cannot be set", "name", f.name, "error", err)
		}
	}
	t := f.header.ModTime
	if y := t.Year(); y < 1700 || y > 2200 { // not to be told in nanoseconds
		t = time.Time{}
	}
	info, timeErr, err := stamp(f.at.partial, f.f, f.temp, t)
	f.f = nil
	if timeErr != nil {
		f.in.log.Debug("the modification time cannot be set", "name", f.name, "error", timeErr)
	}
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	f.info = info
	return nil
}

// rename tells the index and gives the file its name. Inbox.mu is held.
func (f *File) rename(digest [sha1.Size]byte) error {
	to, base, err := f.at.folder(f.name, true)
	if err != nil {
		return err
	}
	if _, err := to.target(f.name, base); err != nil {
		return err
	}
	k := keyOf("", f.info)
	r := record{kind: "file", name: f.name, entry: entry{origin: f.origin, size: k.Size, modTime: k.ModTime, inode: k.Inode, digest: digest}}
	if err := f.at.index.write(r); err != nil {
		return err
	}
	if err := rename(f.at, f.temp, to, base); err != nil {
		f.at.index.restore(f.name)
		return fmt.Errorf("inbox: %q cannot be put in place: %w", f.name, err)
	}
	f.at.index.apply(r)
	if f.at.index.full() {
		f.at.index.compact()
	}
	return nil
}
