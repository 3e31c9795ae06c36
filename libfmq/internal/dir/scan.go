package dir

import (
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
)

// step visits the next folder that is to be visited.
func (t *tree) step() {
	d := t.todo[len(t.todo)-1]
	t.todo = t.todo[:len(t.todo)-1]
	deep := d.deep
	d.queued, d.deep = false, false
	if d.dead {
		return
	}
	t.watch(d) // first, so that nothing happens between
	if err := t.visit(d); err != nil {
		t.unreadable(d, err)
		return // what is below it stays, too
	}
	if deep {
		for _, sub := range d.subs {
			t.queue(sub, true)
		}
	}
}

// visit reads a folder. An error means that nothing was learned.
func (t *tree) visit(d *folder) error {
	real := d.real
	if real == "" {
		real = "."
	}
	if t.cfg.fault != nil {
		if err := t.cfg.fault(real); err != nil {
			return err
		}
	}
	f, err := t.top.OpenFile(filepath.FromSlash(real), openFolder, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	entries, err := f.ReadDir(-1)
	if err != nil {
		return err
	}
	if d.info != nil && len(entries) == 0 && len(d.files)+len(d.subs) > 0 && otherDevice(d.info, info) {
		return errUnmounted
	}
	d.info = info
	t.good(t.path(d))

	t.visits++
	files := make([]*File, 0, len(entries))
	var links []fs.FileInfo
	for _, e := range entries {
		base := e.Name()
		if t.ignored(d, base) {
			continue
		}
		switch e.Type() {
		case fs.ModeDir:
			t.found(d, base, e)
		case fs.ModeSymlink:
			if file := t.follow(d, base); file != nil {
				files = append(files, file)
			}
		case 0:
			info, err := e.Info()
			if isLink(base) && t.follows(d) {
				if err == nil {
					links = append(links, info)
					continue
				}
				base = strings.TrimSuffix(base, linkSuffix) // for what it stands for
			}
			if file := t.regular(d, base, info, err); file != nil {
				files = append(files, file)
			}
		}
	}
	slices.SortFunc(files, compareFiles)
	files = slices.CompactFunc(files, func(a, b *File) bool { return a.Name == b.Name })
	for _, link := range links {
		base := strings.TrimSuffix(link.Name(), linkSuffix)
		sub := d.subs[base]
		if i, ok := search(files, base); !ok && (sub == nil || sub.seen != t.visits) { // what is really there comes first
			if file := t.portable(d, base, link); file != nil {
				files = slices.Insert(files, i, file)
			}
		}
	}
	t.exchange(d, files)
	return nil
}

// found takes a folder in that was found in d.
func (t *tree) found(d *folder, base string, e interface{ Info() (fs.FileInfo, error) }) {
	var info fs.FileInfo
	if d.linked { // it might be one that we came from
		var err error
		if info, err = e.Info(); err != nil {
			return
		}
	}
	t.admit(d, base, d.realUnder(base), d.linked, info)
}

// regular makes a File of what was found. If its state cannot be told, it remains as it was.
func (t *tree) regular(d *folder, base string, info fs.FileInfo, err error) *File {
	old := d.file(base)
	switch {
	case errors.Is(err, fs.ErrNotExist), t.cfg.Links != nil:
		return nil
	case err != nil:
		return old
	case !info.Mode().IsRegular():
		return nil
	case old != nil && old.via == nil && old.linked == d.linked && old.is(info):
		return old
	}
	f := t.newFile(d, base, info)
	f.linked = d.linked
	return f
}

func (t *tree) newFile(d *folder, base string, info fs.FileInfo) *File {
	inode, changed := system(info)
	return &File{Name: d.under(base), Size: info.Size(), ModTime: info.ModTime(), Mode: info.Mode(), Inode: inode,
		Changed: changed, dir: t.dir}
}

func compareFiles(a, b *File) int { return strings.Compare(a.Name, b.Name) }

// exchange puts what was seen now in the place of what was seen before.
func (t *tree) exchange(d *folder, files []*File) {
	for _, sub := range d.subs {
		if sub.seen != t.visits {
			t.drop(sub)
		}
	}
	old := d.files
	d.files = slices.Clip(files)
	for len(old) > 0 || len(files) > 0 {
		order := 0
		switch {
		case len(old) == 0:
			order = 1
		case len(files) == 0:
			order = -1
		default:
			order = compareFiles(old[0], files[0])
		}
		switch {
		case order < 0:
			t.update(d, old[0], nil)
			old = old[1:]
		case order > 0:
			t.update(d, nil, files[0])
			files = files[1:]
		default:
			t.update(d, old[0], files[0])
			old, files = old[1:], files[1:]
		}
	}
}

// touch looks at what a notification is about: the path of something in a folder, or of a folder itself. Such as only say that a file was
// written to are of no interest for a file that is not stable yet: there is a timer for it.
func (t *tree) touch(path string, writing bool) {
	if path == t.dir {
		t.begin()
		return
	}
	parent, err := filepath.Rel(t.dir, filepath.Dir(path))
	if err != nil {
		return
	}
	if parent = filepath.ToSlash(parent); parent == "." {
		parent = ""
	}
	base := filepath.Base(path)
	for _, d := range slices.Clone(t.byReal[parent]) {
		if d.dead || writing && t.unstable[d.under(base)] != nil {
			continue
		}
		t.look(d, base)
		if !t.cfg.NoLinks && isLink(base) {
			t.look(d, strings.TrimSuffix(base, linkSuffix))
		}
	}
}

// look sees what is offered under a name in a folder now.
func (t *tree) look(d *folder, base string) {
	t.visits++
	old, sub := d.file(base), d.subs[base]
	file, err := t.at(d, base)
	if err != nil {
		return
	}
	if now := d.subs[base]; now != nil && now.seen != t.visits {
		t.drop(now)
	} else if now != nil && now == sub {
		now.watched = false
		t.queue(now, false) // perhaps another folder of that name
	}
	d.put(base, file)
	t.update(d, old, file)
}

// at gives the file that is offered under a name in a folder, if there is one, and takes it in if it is a folder. An error means that
// nothing was learned.
func (t *tree) at(d *folder, base string) (*File, error) {
	if !t.ignored(d, base) {
		info, err := t.top.Lstat(filepath.FromSlash(d.realUnder(base)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case info.IsDir():
			t.admit(d, base, d.realUnder(base), d.linked, info)
			return nil, nil
		case info.Mode().Type() == fs.ModeSymlink:
			if file := t.follow(d, base); file != nil || d.subs[base] != nil && d.subs[base].seen == t.visits {
				return file, nil
			}
		case info.Mode().IsRegular() && (!isLink(base) || !t.follows(d)):
			return t.regular(d, base, info, nil), nil
		}
	}
	if link := base + linkSuffix; !t.cfg.NoLinks && !t.ignored(d, link) {
		info, err := t.top.Lstat(filepath.FromSlash(d.realUnder(link)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() && t.follows(d) {
			return t.portable(d, base, info), nil
		}
	}
	return nil, nil
}

// watch asks for notifications of what happens in a folder. It does so at each visit where that costs next to nothing, because a watch is
// lost when its folder is moved.
func (t *tree) watch(d *folder) {
	if t.notify == nil || t.full || d.watched && !watchAgain {
		return
	}
	err := t.notify.Add(t.path(d))
	d.watched = err == nil
	if err != nil && noMoreWatches(err) {
		t.full = true
		t.warn(slog.LevelWarn, "not all folders can be watched; changes in the others are noticed by scans only. "+adviceWatches,
			"watches of "+t.dir, err.Error())
	}
}

// unwatch ends the notifications for a folder.
func (t *tree) unwatch(d *folder) {
	if t.notify != nil {
		t.notify.Remove(t.path(d)) // it has mostly gone by itself
	}
}
