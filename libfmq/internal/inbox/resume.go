package inbox

import (
	"crypto/sha1"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

// maxStates bounds how many states of whole files are held in memory, about 200 octets each.
const maxStates = 1000

// state is how far a digest has come over a file in a certain state, so that an appended file is not read again from the start. It lives in
// memory only: after a crash of the machine the content may be another than what was hashed when it came.
type state struct {
	key  dir.Key // without a path
	hash []byte
}

func saveState(info fs.FileInfo, h hash.Hash) state {
	b, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return state{}
	}
	return state{keyOf("", info), b}
}

// load gives the digest over the file if it is still in that state.
func (s state) load(info fs.FileInfo) hash.Hash {
	if s.hash == nil || s.key != keyOf("", info) {
		return nil
	}
	h := newHash()
	if h.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.hash) != nil {
		return nil
	}
	return h
}

// remember holds the state of a whole file. Inbox.mu is held.
func (at *place) remember(name string, info fs.FileInfo, h hash.Hash) {
	if info.Size() <= worthKeeping { // it is read again in no time
		delete(at.states, name)
		return
	}
	if _, known := at.states[name]; !known && len(at.states) >= maxStates {
		for other := range at.states {
			delete(at.states, other)
			break
		}
	}
	at.states[name] = saveState(info, h)
}

// resume takes a part over. If it cannot, the part stays for another time. Inbox.mu is not held.
func (f *File) resume(p *partial) (err error) {
	f.temp, f.about = p.temp, true
	defer func() {
		if err != nil {
			f.end()
			f.in.mu.Lock()
			defer f.in.mu.Unlock()
			f.at.addPartial(p)
		}
	}()
	if f.f, err = f.at.partial.OpenFile(p.temp, os.O_RDWR, 0); err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	info, err := f.f.Stat()
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	if info.Size() != p.size {
		return fmt.Errorf("%w: %d octets of %q: there are %d", ErrNotHeld, p.size, f.name, info.Size())
	}
	f.hash = p.state.load(info)
	if f.hash == nil {
		f.hash = newHash()
		if _, err := copyContent(f.hash, f.f); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
	}
	f.size = p.size
	return nil
}

// copyWhole puts what stands under the name into the temporary file. Inbox.mu is not held.
func (f *File) copyWhole(size int64) error {
	src, info, known, err := f.openWhole()
	if err != nil {
		return err
	}
	defer src.Close()
	if info.Size() != size {
		return fmt.Errorf("%w: %d octets of %q: there are %d", ErrNotHeld, size, f.name, info.Size())
	}
	if size > worthKeeping {
		if err := f.at.writeAbout(f.temp, partialKey{f.origin, f.name}); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
		f.about = true
	}
	cloned := clone(f.f, src)
	switch {
	case cloned && known != nil:
	case cloned:
		_, err = copyContent(f.hash, src)
	case known != nil:
		_, err = io.Copy(f.f, src) // in the kernel, where it can
	default:
		_, err = copyContent(io.MultiWriter(f.hash, f.f), src)
	}
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	if known != nil {
		hashes.Put(f.hash)
		f.hash = known
	}
	if now, err := src.Stat(); err != nil || !sameState(info, now) {
		return fmt.Errorf("%w: %q changes just now", ErrNotHeld, f.name)
	}
	f.size = size
	return nil
}

// openWhole opens what stands under the name, and gives the digest over it if that is known.
func (f *File) openWhole() (*os.File, fs.FileInfo, hash.Hash, error) {
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	to, base, err := f.at.folder(f.name, false)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrNotHeld, err)
	}
	src, info, err := openRegular(to.root, base)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrNotHeld, err)
	}
	return src, info, f.at.states[f.name].load(info), nil
}

// openRegular opens a file to be read, no link and nothing else.
func openRegular(r *os.Root, base string) (*os.File, fs.FileInfo, error) {
	info, err := r.Lstat(base)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%w: %q is no regular file", ErrInTheWay, base)
	}
	f, err := r.Open(base)
	if err != nil {
		return nil, nil, err
	}
	opened, err := f.Stat()
	if err == nil && !os.SameFile(info, opened) {
		err = errors.New("the file was replaced just now")
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, opened, nil
}

var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

// copyContent reads all of src.
func copyContent(dst io.Writer, src io.Reader) (int64, error) {
	buf := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{src}, buf[:])
}

func keyOf(name string, info fs.FileInfo) dir.Key {
	return dir.Key{Path: name, Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: inode(info)}
}

// digestOf ends a digest.
func digestOf(h hash.Hash) (d dir.Digest) {
	var sum [sha1.Size]byte
	h.Sum(sum[:0])
	return sum
}
