package inbox

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// reserveOctets is for how much of a large file room on the disk is reserved at a time: to write is faster then. It is no more, because what a
// server says of a file's size need not be true.
const reserveOctets = 64 << 20

// worthKeeping is how many octets of a file have to be there so that they are kept to be resumed.
const worthKeeping = 64 << 10

var (
	// ErrNotHeld says that there are no such octets of the file from which to go on.
	ErrNotHeld = errors.New("inbox: not held")
	// ErrDigest says that what came is not what was sent: the digest is another.
	ErrDigest = errors.New("inbox: wrong digest")
	// ErrSize says that the file ended before or after the size that was told.
	ErrSize = errors.New("inbox: wrong size")
	// ErrFinished says that the file was finished, kept or discarded before.
	ErrFinished = errors.New("inbox: the file was finished before")
)

// IsFull tells whether an error says that the disk, or the user's share of it, is full: what failed may be tried again.
func IsFull(err error) bool {
	const handleDiskFull, diskFull = syscall.Errno(39), syscall.Errno(112) // what Windows says
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		runtime.GOOS == "windows" && (errors.Is(err, handleDiskFull) || errors.Is(err, diskFull))
}

// IsTemporary tells whether what failed may be tried again as it is: the disk is full, does not answer well, or too many files are open.
func IsTemporary(err error) bool {
	return IsFull(err) || errors.Is(err, syscall.EIO) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// Header is what is known of a file before its content has come.
type Header struct {
	Size    int64       // octets of the whole; below 0: unknown
	ModTime time.Time   // zero: unknown, and then it is now
	Mode    fs.FileMode // only the bits 0777 count
	HasMode bool        // else the mode is 0644 without the process's umask
}

// File is a file that is being received. It ends with Finish, Keep or Discard.
type File struct {
	in           *Inbox
	at           *place
	origin, name string
	header       Header
	temp         string // its name in the folder partial
	f            *os.File
	size         int64
	hash         hash.Hash
	digest       [sha1.Size]byte // as Digest told it last
	info         fs.FileInfo
	about        bool  // there is an about file
	reserved     int64 // up to where there is room on the disk, perhaps
	surplus      bool  // there may be octets, or room that was reserved, behind size
	hasMode      bool  // the mode is right already
	ended        bool
}

var hashes = sync.Pool{New: func() any { return sha1.New() }}

func newHash() hash.Hash {
	h := hashes.Get().(hash.Hash)
	h.Reset()
	return h
}

// Begin begins to receive a file from origin, the endpoint of a server. With offset 0 it is empty. Otherwise it begins with what is held of
// it: a part from the same origin that was kept, or else the whole file under the name (which is copied, and stays), if it has exactly
// offset octets; the error is an [ErrNotHeld] if neither has. A part that was kept and is not taken up is removed.
//
// An offset above 0 may cost reading and copying that many octets.
func (in *Inbox) Begin(origin, name string, h Header, offset int64) (*File, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	in.mu.Lock()
	at, err := in.place()
	if err != nil {
		in.mu.Unlock()
		return nil, err
	}
	f := &File{in: in, at: at, origin: origin, name: name, header: h}
	part := at.partials[partialKey{origin, name}]
	delete(at.partials, partialKey{origin, name})
	if part != nil && offset > 0 && part.size == offset {
		in.mu.Unlock()
		if err := f.resume(part); err != nil {
			return nil, err
		}
		return f, nil
	}
	err = f.create()
	if part != nil && err == nil {
		at.removeTemp(part.temp, true)
	} else if part != nil {
		at.addPartial(part)
	}
	in.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if offset != 0 {
		if err := f.copyWhole(offset); err != nil {
			f.Discard()
			return nil, err
		}
	}
	return f, nil
}

// create makes the temporary file. Inbox.mu is held.
func (f *File) create() error {
	perm := fs.FileMode(0o600)
	if small := f.header.Size >= 0 && f.header.Size <= worthKeeping; small && hasModes {
		// It will not be resumed, so it can have its mode from the start, if the umask allows that.
		if perm = f.mode(); perm&f.at.umask == 0 {
			f.hasMode = true
		}
	}
	for try := 0; ; try++ {
		f.temp = strconv.FormatUint(f.at.next, 36)
		f.at.next++
		var err error
		f.f, err = f.at.partial.OpenFile(f.temp, os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
		switch {
		case err == nil:
			f.hash = newHash()
			return nil
		case errors.Is(err, fs.ErrExist) && try < 100:
		case errors.Is(err, fs.ErrNotExist) && try == 0: // the inbox's own folder was deleted
			if f.at, err = f.in.renew(); err != nil {
				return err
			}
		default:
			return fmt.Errorf("inbox: %w", err)
		}
	}
}

func (f *File) mode() fs.FileMode {
	if f.header.HasMode {
		return f.header.Mode & 0o777
	}
	return 0o644 &^ f.at.umask
}

// Write appends. On an error nothing counts as written, and the same octets may be written again, for instance when there is room on the
// disk again ([IsTemporary]).
func (f *File) Write(p []byte) error {
	if f.ended || f.f == nil {
		return ErrFinished
	}
	if !f.about && f.size+int64(len(p)) > worthKeeping {
		if err := f.at.writeAbout(f.temp, partialKey{f.origin, f.name}); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
		f.about = true
	}
	if end := f.size + int64(len(p)); f.about && end > f.reserved && f.header.Size > f.size {
		f.reserved = f.size + min(reserveOctets, f.header.Size-f.size)
		f.surplus = true
		reserve(f.f, f.size, f.reserved-f.size)
	}
	if _, err := f.f.WriteAt(p, f.size); err != nil {
		f.surplus = true
		return fmt.Errorf("inbox: %w", err)
	}
	f.hash.Write(p)
	f.size += int64(len(p))
	return nil
}

// Size is how many octets are here.
func (f *File) Size() int64 { return f.size }

// Digest is that of the octets that are here.
func (f *File) Digest() [sha1.Size]byte {
	if f.hash != nil {
		f.hash.Sum(f.digest[:0])
	}
	return f.digest
}

// Keep ends the receiving. What is here is kept to be resumed if it is worth it, that is, if it is more than 64 KB.
func (f *File) Keep() {
	if f.ended {
		return
	}
	info, err := f.unsettle()
	if err != nil || !f.about || f.size < worthKeeping {
		f.Discard()
		return
	}
	part := &partial{partialKey: partialKey{f.origin, f.name}, temp: f.temp, size: f.size, state: saveState(info, f.hash)}
	f.end()
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	f.at.addPartial(part)
}

// unsettle makes the temporary file fit to be resumed and tells what it is now.
func (f *File) unsettle() (fs.FileInfo, error) {
	if f.f != nil {
		if f.surplus {
			if err := f.f.Truncate(f.size); err != nil {
				return nil, err
			}
		}
		return f.f.Stat()
	}
	// Finish has given it mode and time already, and may not have been able to go on: it could not be written to, or seem too old.
	now := time.Now()
	if err := f.at.partial.Chtimes(f.temp, now, now); err != nil {
		return nil, err
	}
	if hasModes {
		if err := f.at.partial.Chmod(f.temp, 0o600); err != nil {
			return nil, err
		}
	}
	return f.at.partial.Lstat(f.temp)
}

// Discard ends the receiving and removes what is here.
func (f *File) Discard() {
	if f.ended {
		return
	}
	f.end()
	f.at.removeTemp(f.temp, f.about)
}

// end closes what is open.
func (f *File) end() {
	f.ended = true
	if f.f != nil {
		f.f.Close()
		f.f = nil
	}
	f.endHash()
}

func (f *File) endHash() {
	if f.hash != nil {
		f.Digest()
		hashes.Put(f.hash)
		f.hash = nil
	}
}
