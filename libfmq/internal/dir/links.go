package dir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// linkSuffix ends the names of portable links.
const linkSuffix = ".ln"

// maxLink is how many octets the path in a portable link may have.
const maxLink = 4096

// isLink tells whether a file is a portable link by its name. One that would be offered under no name at all is none.
func isLink(base string) bool {
	return strings.HasSuffix(base, linkSuffix) && len(base) > len(linkSuffix)
}

// parseLink gives the path that is in a portable link: its first line, without the line end; whole tells whether there is one.
func parseLink(content []byte) (path string, whole bool, err error) {
	line, _, whole := bytes.Cut(content, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	switch {
	case len(line) > maxLink:
		return "", false, fmt.Errorf("its first line is longer than %d octets", maxLink)
	case len(line) == 0:
		return "", false, errors.New("its first line is empty; it has to be the path of a file")
	case bytes.IndexByte(line, 0) >= 0:
		return "", false, errors.New("there is a NUL in its first line, which has to be the path of a file")
	}
	return string(line), whole, nil
}

// follows tells whether portable links in a folder are followed. They are not where files arrive through FILEMQ: whoever sends them could
// choose which files of this machine go round.
func (t *tree) follows(d *folder) bool {
	if t.cfg.NoLinks || t.cfg.Links != nil {
		return !t.cfg.NoLinks
	}
	if t.asked.d == d && t.asked.visit == t.visits {
		return t.asked.follow
	}
	t.asked.d, t.asked.visit, t.asked.follow = d, t.visits, true
	for path := filepath.Join(t.real, filepath.FromSlash(d.real)); ; path = filepath.Dir(path) {
		if info, err := os.Lstat(filepath.Join(path, private)); err == nil && info.IsDir() {
			t.asked.follow = false
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
	}
}

// portable gives the file that a portable link stands for, under the link's name without its suffix; nil if it leads to no file.
func (t *tree) portable(d *folder, base string, link fs.FileInfo) *File {
	f, err := t.target(d, base, link)
	name := d.under(base + linkSuffix)
	if err != nil {
		t.warn(slog.LevelWarn, "portable link left out", name, err.Error())
		return nil
	}
	t.good(name)
	return f
}

func (t *tree) target(d *folder, base string, link fs.FileInfo) (*File, error) {
	via, path, whole := newStamp(link), "", false
	old := d.file(base)
	if old != nil && old.via != nil && *old.via == via {
		path, whole = old.Link, old.whole
	} else {
		var err error
		if path, whole, err = t.readLink(d, base+linkSuffix); err != nil {
			return nil, err
		}
	}
	straight, stat := t.cfg.Links != nil, os.Stat
	if straight {
		if !t.cfg.Links(d.under(base), path) {
			return nil, errors.New("nobody has published that")
		}
		stat = statStraight
	}
	info, err := stat(path)
	if err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	if old != nil && old.Link == path && *old.via == via && old.is(info) {
		return old, nil
	}
	f := t.newFile(d, base, info)
	f.Link, f.straight, f.via, f.whole = path, straight, &via, whole
	return f, nil
}

// readLink gives the absolute path that is in a portable link, and whether its line has its end.
func (t *tree) readLink(d *folder, base string) (path string, whole bool, err error) {
	f, err := t.top.OpenFile(filepath.FromSlash(d.realUnder(base)), openFile, 0)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxLink+2))
	if err != nil {
		return "", false, err
	}
	path, whole, err = parseLink(content)
	if err != nil {
		return "", false, err
	}
	if path = filepath.FromSlash(path); !filepath.IsAbs(path) {
		path = filepath.Join(t.path(d), path)
	}
	return path, whole, nil
}

// follow gives the file that a symbolic link leads to, or takes the folder in. It is nil if it is no file, or out of the directory.
func (t *tree) follow(d *folder, base string) *File {
	if t.cfg.Links != nil {
		return nil
	}
	name := d.under(base)
	real, info, err := resolve(t.top, t.real, d.realUnder(base))
	if err == nil && t.privateIn(real) {
		err = errors.New("it leads to what is left out")
	}
	if unknown(err) {
		if sub := d.subs[base]; sub != nil {
			sub.seen = t.visits
		}
		return d.file(base)
	} else if err != nil {
		t.warn(slog.LevelDebug, "symbolic link left out", name, err.Error())
		return nil
	}
	t.good(name)
	if info.IsDir() {
		t.admit(d, base, real, true, info)
		return nil
	} else if !info.Mode().IsRegular() {
		return nil
	}
	if old := d.file(base); old != nil && old.via == nil && old.linked && old.is(info) {
		return old
	}
	f := t.newFile(d, base, info)
	f.linked = true
	return f
}

// unknown tells whether an error leaves open what a symbolic link leads to. Then it is as it was.
func unknown(err error) bool {
	var fault *fs.PathError
	return errors.As(err, &fault) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
}

// resolve gives where in a directory a name leads to that has symbolic links in it, absolute ones too. top is the directory, which is
// at dir.
func resolve(top *os.Root, dir, name string) (real string, info fs.FileInfo, err error) {
	path, err := filepath.EvalSymlinks(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return "", nil, err
	}
	path, err = filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(path) {
		return "", nil, errors.New("it leads out of the directory")
	}
	if info, err = top.Stat(path); err != nil { // top does not leave the directory, whatever has changed meanwhile
		return "", nil, err
	}
	if real = filepath.ToSlash(path); real == "." {
		real = ""
	}
	return real, info, nil
}

// privateIn tells whether a name leads through something that is left out.
func (t *tree) privateIn(name string) bool {
	for i, component := range strings.Split(name, "/") {
		if strings.EqualFold(component, private) {
			return true
		}
		if t.cfg.Ignore != nil && t.cfg.Ignore(strings.Join(strings.SplitN(name, "/", i+2)[:i+1], "/")) {
			return true
		}
	}
	return false
}
