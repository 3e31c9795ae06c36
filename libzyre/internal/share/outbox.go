package share

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Folders of an outbox. Only what is in the first two is published.
const (
	forAll    = "all"    // all/NAME.ln
	forGroups = "groups" // groups/GROUP/NAME.ln
	unready   = "new"    // links that are being written
)

// outbox is a directory of links: files "NAME.ln" with one line, the path of what is offered as NAME.
type outbox struct {
	root *os.Root
	info fs.FileInfo // of the directory
}

// openOutbox makes the directory, and removes the links of an earlier life in it.
func (s *Share) openOutbox(dir string) (*outbox, error) {
	if err := checkOutbox(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the outbox: %w", err)
	}
	if err := s.lock("outbox", dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the outbox: %w", err)
	}
	o := &outbox{root: root}
	err = o.empty()
	for _, folder := range []string{forAll, forGroups, unready} {
		err = errors.Join(err, root.Mkdir(folder, 0o700))
	}
	if err == nil {
		o.info, err = root.Stat(".")
	}
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("the outbox: %w", err)
	}
	return o, nil
}

// renewOutbox makes the outbox anew if somebody has deleted it, with all that is published. offers.mu is held.
func (s *Share) renewOutbox() error {
	dir := s.outbox.root.Name()
	if info, err := os.Stat(dir); err == nil && os.SameFile(info, s.outbox.info) {
		return nil
	}
	o, err := s.openOutbox(dir)
	if err != nil {
		return err
	}
	s.outbox.root.Close()
	s.outbox = o
	for group, of := range s.offers.of {
		if err := o.root.MkdirAll(folder(group), 0o700); err != nil {
			return fmt.Errorf("the outbox: %w", err)
		}
		for name, target := range of.targets {
			if err := o.link(group, name, target); err != nil {
				return fmt.Errorf("the outbox: %w", err)
			}
		}
	}
	return nil
}

// checkOutbox refuses a directory that has anything in it but an outbox, before anything is removed from it.
func checkOutbox(dir string) error {
	return filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) { // it is still to be made, or another node removes something just now
				return nil
			}
			return fmt.Errorf("the outbox: %w", err)
		}
		name, _ := filepath.Rel(dir, at)
		top, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		switch ours := top == forAll || top == forGroups || top == unready; {
		case at == dir && d.IsDir(), ours && d.IsDir(), name == lockFile && d.Type().IsRegular(), ours && d.Type().IsRegular() && strings.HasSuffix(at, linkSuffix):
			return nil
		}
		return fmt.Errorf("%w: the outbox %s has %q in it, which is none of its links: give a directory of its own", core.ErrInvalid, dir, name)
	})
}

func (o *outbox) empty() (err error) {
	for _, folder := range []string{forAll, forGroups, unready} {
		err = errors.Join(err, o.root.RemoveAll(folder))
	}
	return err
}

// closeOutbox removes the links, lets go of all directories, and removes the outbox if there is nothing else in it.
func (s *Share) closeOutbox() {
	dir := s.outbox.root.Name()
	s.outbox.empty()
	s.outbox.root.Close()
	s.unlock()
	os.Remove(dir)
	if parent := filepath.Dir(dir); filepath.Base(parent) == ".outbox" { // the default's, when this was the last in it
		os.Remove(parent)
	}
}

// folder is the one of a group; empty: of everybody.
func folder(group string) string {
	if group == "" {
		return forAll
	}
	return forGroups + "/" + escape(group)
}

// dir is where the links for a group are, or for everybody.
func (o *outbox) dir(group string) string {
	return filepath.Join(o.root.Name(), filepath.FromSlash(folder(group)))
}

// has tells whether there is NAME.ln.
func (o *outbox) has(group, name string) bool {
	info, err := o.root.Lstat(folder(group) + "/" + name + linkSuffix)
	return err == nil && info.Mode().IsRegular()
}

// link makes NAME.ln, whole or not at all.
func (o *outbox) link(group, name, target string) error {
	at := folder(group) + "/" + name + linkSuffix
	temporary := unready + "/" + rand.Text() + linkSuffix
	if err := o.root.MkdirAll(path.Dir(at), 0o700); err != nil {
		return err
	}
	if err := o.root.WriteFile(temporary, []byte(target+"\n"), 0o644); err != nil {
		o.root.Remove(temporary)
		return err
	}
	if err := o.root.Rename(temporary, at); err != nil {
		o.root.Remove(temporary)
		return err
	}
	return nil
}

// unlink removes NAME.ln, and the folders that are empty then.
func (o *outbox) unlink(group, name string) error {
	at := folder(group) + "/" + name + linkSuffix
	if err := o.root.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for at = path.Dir(at); at != folder(group); at = path.Dir(at) {
		if o.root.Remove(at) != nil {
			break // there is something in it
		}
	}
	return nil
}
