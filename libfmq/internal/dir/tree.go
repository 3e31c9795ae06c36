package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Bounds of a tree.
const (
	maxDepth  = 100    // folders in a name
	maxLinked = 10_000 // folders that are there because of symbolic links: twenty that lead to each other would make 20! of them
	maxWarned = 10_000 // things that are remembered to have been warned of
)

// private is the name of folders that are never offered.
const private = ".filemq"

// tree is what is in a directory, as far as it is known. It belongs to one goroutine, and has no clock but the one that it is asked by.
type tree struct {
	cfg    Config
	log    *slog.Logger
	dir    string      // absolute
	top    *os.Root    // open while there is work only: an open directory cannot be unmounted
	which  fs.FileInfo // which directory top is
	real   string      // dir without symbolic links
	notify notifier    // nil: none

	root   *folder
	byReal map[string][]*folder // by folder.real
	linked int                  // folders that are linked
	todo   []*folder            // to be visited, the last one first
	visits int
	broken bool // the directory has gone since begin
	full   bool // the system has no more watches; reset by each scan

	asked struct { // whether links are followed, of which folder this was asked last, and in which visit
		d      *folder
		visit  int
		follow bool
	}

	unstable map[string]*unstable // by name
	timers   timers
	out      map[string]change // by name: what is to be told
	warned   map[string]string // by subject: the reason that was logged
}

// change is a patch that was not taken yet.
type change struct {
	Patch
	known bool // the file had been told of before
}

func newTree(cfg Config, dir string, notify notifier) *tree {
	t := &tree{cfg: cfg, log: cfg.Log, dir: dir, notify: notify, root: &folder{}, byReal: map[string][]*folder{},
		unstable: map[string]*unstable{}, out: map[string]change{}, warned: map[string]string{}}
	t.byReal[""] = []*folder{t.root}
	return t
}

// path is where a folder is.
func (t *tree) path(d *folder) string { return filepath.Join(t.dir, filepath.FromSlash(d.real)) }

// begin makes all folders be visited.
func (t *tree) begin() {
	t.full, t.broken = false, false
	t.queue(t.root, true)
}

// queue makes a folder be visited.
func (t *tree) queue(d *folder, deep bool) {
	d.deep = d.deep || deep
	if !d.queued {
		d.queued = true
		t.todo = append(t.todo, d)
	}
}

// enter opens the directory, if that is not done. It tells whether it is there: if not, nothing is known of anything in it.
func (t *tree) enter() bool {
	info, err := os.Stat(t.dir)
	if err == nil && t.top != nil && os.SameFile(info, t.which) {
		return true
	}
	t.leave()
	if err == nil {
		err = t.openTop()
	}
	if err != nil {
		t.broken = true
		for _, d := range t.todo {
			d.queued, d.deep = false, false
		}
		t.todo = t.todo[:0]
		t.unreadable(t.root, err)
		return false
	}
	return true
}

func (t *tree) openTop() error {
	real, err := filepath.EvalSymlinks(t.dir)
	if err != nil {
		return err
	}
	top, err := os.OpenRoot(real)
	if err != nil {
		return err
	}
	info, err := top.Stat(".")
	if err != nil {
		top.Close()
		return err
	}
	t.top, t.which, t.real = top, info, real
	return nil
}

// leave closes the directory.
func (t *tree) leave() {
	if t.top != nil {
		t.top.Close()
		t.top = nil
	}
}

// ignored tells whether something is left out because of its name.
func (t *tree) ignored(d *folder, base string) bool {
	return strings.EqualFold(strings.TrimSuffix(base, linkSuffix), private) || t.cfg.Ignore != nil && t.cfg.Ignore(d.under(base))
}

// admit takes a folder into the tree, or finds that it is there already. It is visited if it is new. info may be nil if there is no
// symbolic link in its name.
func (t *tree) admit(d *folder, base, real string, linked bool, info fs.FileInfo) {
	sub := d.subs[base]
	if sub != nil && (sub.real != real || sub.linked != linked || linked && d.inside(info)) {
		t.drop(sub)
		sub = nil
	}
	if sub != nil {
		sub.seen = t.visits
		return
	}
	name := d.under(base)
	switch {
	case d.depth == maxDepth:
		t.warn(slog.LevelWarn, "folder left out", name, fmt.Sprintf("it is more than %d folders deep", maxDepth))
		return
	case linked && d.inside(info):
		t.warn(slog.LevelDebug, "folder left out", name, "a symbolic link leads back to a folder that it is in")
		return
	case linked && t.linked >= t.cfg.linked:
		t.warn(slog.LevelWarn, "folders left out", "symbolic links in "+t.dir, fmt.Sprintf("they make more than %d folders", t.cfg.linked))
		return
	}
	sub = &folder{up: d, name: name, real: real, linked: linked, depth: d.depth + 1, seen: t.visits}
	if d.subs == nil {
		d.subs = map[string]*folder{}
	}
	d.subs[base] = sub
	t.byReal[real] = append(t.byReal[real], sub)
	if linked {
		t.linked++
	}
	t.queue(sub, false)
}

// drop takes a folder out of the tree, with all that is in it.
func (t *tree) drop(d *folder) {
	for _, sub := range d.subs {
		t.drop(sub)
	}
	for _, f := range d.files {
		t.update(d, f, nil)
	}
	d.files, d.dead = nil, true
	if d.linked {
		t.linked--
	}
	rest := t.byReal[d.real]
	for i, other := range rest {
		if other == d {
			rest = append(rest[:i:i], rest[i+1:]...)
			break
		}
	}
	if len(rest) > 0 {
		t.byReal[d.real] = rest
	} else {
		delete(t.byReal, d.real)
		t.unwatch(d)
	}
	delete(d.up.subs, d.name[strings.LastIndexByte(d.name, '/')+1:])
	t.good(t.path(d))
}

// unreadable takes note that nothing can be told of a folder. What was in it stays offered.
func (t *tree) unreadable(d *folder, err error) {
	if errors.Is(err, fs.ErrNotExist) && d.up != nil {
		return // it was deleted just now; the folder that it was in will tell
	}
	t.warn(slog.LevelWarn, "folder cannot be read; what was in it stays offered", t.path(d), err.Error())
}

// warn logs once that something is odd, until good is called for it or the reason is another.
func (t *tree) warn(level slog.Level, what, subject, reason string) {
	limit := maxWarned
	if level < slog.LevelWarn {
		limit /= 2 // room is left for what matters
	}
	if old, ok := t.warned[subject]; ok && old == reason || !ok && len(t.warned) >= limit {
		return
	}
	t.warned[subject] = reason
	t.log.Log(context.Background(), level, what, "name", subject, "reason", reason)
}

// good takes note that something is not odd, or no longer.
func (t *tree) good(subject string) { delete(t.warned, subject) }

// announce puts a patch to those that are to be told. known says whether the file was told of before.
func (t *tree) announce(f *File, deleted, known bool) {
	if c, ok := t.out[f.Name]; ok {
		known = c.known
	}
	if deleted && !known {
		delete(t.out, f.Name) // nobody has heard of it
		return
	}
	t.out[f.Name] = change{Patch{f, deleted}, known}
}

var errUnmounted = errors.New("it is empty, and on another file system than before: something seems to be unmounted")

// wait is how long it is until a timer is due; ok is false if there is none.
func (t *tree) wait(now time.Time) (d time.Duration, ok bool) {
	if len(t.timers) == 0 {
		return 0, false
	}
	return t.timers[0].due.Sub(now), true
}
