package inbox

import (
	"cmp"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Held is a file, or a part of one, that is in the inbox.
type Held struct {
	Name    string
	Size    int64
	Digest  [sha1.Size]byte
	Partial bool
}

// settled is how old a file's last change has to be for its digest to be kept: until then another change might not show.
const settled = 2 * time.Second

// List tells all files with their digests, and the parts that were kept of files from origin; without all, only files that came from origin.
// They are sorted by name; a part comes before the whole file of the same name. Links and what is no regular file are left out, as is what
// cannot be read or changes meanwhile. New files and parts are read, which takes its time, and ends with ctx.
func (in *Inbox) List(ctx context.Context, origin string, all bool) ([]Held, error) {
	in.mu.Lock()
	at, err := in.place()
	if err != nil {
		in.mu.Unlock()
		return nil, err
	}
	at.walks++
	l := &listing{in: in, at: at, ctx: ctx, origin: origin, all: all, walk: at.walks}
	for key, p := range at.partials {
		if key.origin == origin {
			l.partials = append(l.partials, p)
		}
	}
	in.mu.Unlock()
	for _, p := range l.partials {
		if err := l.part(p); err != nil {
			return nil, err
		}
	}
	if err := l.folder(at.root, ""); err != nil {
		return nil, err
	}
	l.forgetGone()
	slices.SortFunc(l.held, func(a, b Held) int {
		if c := cmp.Compare(a.Name, b.Name); c != 0 || a.Partial == b.Partial {
			return c
		}
		if a.Partial {
			return -1
		}
		return 1
	})
	return l.held, nil
}

type listing struct {
	in       *Inbox
	at       *place
	ctx      context.Context
	origin   string
	all      bool
	walk     uint32
	partials []*partial
	held     []Held
}

// part lists a part, unless it is taken up meanwhile.
func (l *listing) part(p *partial) error {
	f, info, err := openRegular(l.at.partial, p.temp)
	if err != nil {
		return nil
	}
	defer f.Close()
	l.in.mu.Lock()
	h := p.state.load(info)
	l.in.mu.Unlock()
	if h == nil {
		h = newHash()
		if _, err := copyContent(h, contextReader{l.ctx, f}); err != nil {
			return l.skip(p.temp, err)
		}
	}
	defer hashes.Put(h)
	l.in.mu.Lock()
	defer l.in.mu.Unlock()
	if now, err := f.Stat(); l.at.partials[p.partialKey] != p || err != nil || !sameState(info, now) {
		return nil
	}
	p.size, p.state = info.Size(), saveState(info, h)
	l.held = append(l.held, Held{Name: p.name, Size: p.size, Digest: digestOf(h), Partial: true})
	return nil
}

// folder lists a folder; prefix is its path with a slash at its end, or nothing.
func (l *listing) folder(r *os.Root, prefix string) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	d, err := r.Open(".")
	if err != nil {
		return l.skip(prefix, err)
	}
	entries, err := d.ReadDir(-1)
	d.Close()
	if err != nil {
		return l.skip(prefix, err)
	}
	for _, e := range entries {
		name := prefix + e.Name()
		if CheckName(name) != nil { // our own folder; and what nobody can have sent
			continue
		}
		switch {
		case e.Type().IsRegular():
			err = l.file(r, name, e.Name())
		case e.IsDir():
			err = l.below(r, name, e.Name())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) below(r *os.Root, name, base string) error {
	sub, err := r.OpenRoot(base)
	if err != nil {
		return l.skip(name, err)
	}
	defer sub.Close()
	return l.folder(sub, name+"/")
}

func (l *listing) file(r *os.Root, name, base string) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	info, err := r.Lstat(base)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	key := keyOf(name, info)
	l.in.mu.Lock()
	e := l.at.index.files[name]
	if e != nil {
		e.walk = l.walk
	}
	if !l.all && (e == nil || e.origin != l.origin) {
		l.in.mu.Unlock()
		return nil
	}
	known := e.matches(key)
	h := Held{Name: name, Size: key.Size}
	if known {
		h.Digest = e.digest
	}
	l.in.mu.Unlock()
	if !known {
		if h.Digest, known = l.at.cache.Get(key); !known {
			return l.read(r, name, base)
		}
	}
	l.held = append(l.held, h)
	return nil
}

// read computes a file's digest.
func (l *listing) read(r *os.Root, name, base string) error {
	f, info, err := openRegular(r, base)
	if err != nil {
		return l.skip(name, err)
	}
	defer f.Close()
	h := newHash()
	defer hashes.Put(h)
	if _, err := copyContent(h, contextReader{l.ctx, f}); err != nil {
		return l.skip(name, err)
	}
	if now, err := f.Stat(); err != nil || !sameState(info, now) {
		return nil
	}
	digest := digestOf(h)
	if time.Since(info.ModTime()).Abs() > settled {
		l.at.cache.Put(keyOf(name, info), digest)
	}
	l.in.mu.Lock()
	l.at.remember(name, info, h)
	l.in.mu.Unlock()
	l.held = append(l.held, Held{Name: name, Size: info.Size(), Digest: digest})
	return nil
}

// skip leaves out what cannot be read; but the end of the context ends the listing.
func (l *listing) skip(name string, err error) error {
	if l.ctx.Err() != nil {
		return l.ctx.Err()
	}
	if name == "" {
		return fmt.Errorf("inbox: %w", err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		l.in.log.Warn("a file in the inbox cannot be read", "name", name, "error", err)
	}
	return nil
}

// forgetGone takes files out of the index that the walk did not meet and that are not there.
func (l *listing) forgetGone() {
	l.in.mu.Lock()
	defer l.in.mu.Unlock()
	if l.in.at != l.at {
		return
	}
	for name, e := range l.at.index.files {
		if e.walk == l.walk {
			continue
		}
		if _, err := l.at.root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			l.at.gone(name)
		}
	}
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
