package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// view is what a reader of patches knows.
type view struct {
	t     *testing.T
	w     *Watcher
	files map[string]*File
	first []Patch
	log   *record
	scans chan struct{} // one for each scan that begins
}

// never is a Monitor or a Stable that does not end in a test; old is when files were written that are stable even so.
const never = 24 * time.Hour

var old = time.Now().Add(-2 * never).Truncate(time.Millisecond)

// watchDir watches a directory, and reads the first batch.
func watchDir(t *testing.T, cfg Config) *view {
	t.Helper()
	v := startDir(t, cfg)
	v.first = v.next()
	return v
}

// startDir begins to watch a directory.
func startDir(t *testing.T, cfg Config) *view {
	t.Helper()
	v := &view{t: t, files: map[string]*File{}, log: &record{}, scans: make(chan struct{})}
	if cfg.Stable == 0 {
		cfg.Stable = never
	}
	if cfg.Monitor == 0 {
		cfg.Monitor = never
	}
	if cfg.tick == 0 {
		cfg.tick = 1 // what a test has made is stable by its time
	}
	cfg.Log = slog.New(v.log)
	fault := cfg.fault
	cfg.fault = func(folder string) error {
		if folder == "." {
			select {
			case v.scans <- struct{}{}:
			default:
			}
		}
		if fault != nil {
			return fault(folder)
		}
		return nil
	}
	w, err := Watch(cfg)
	if err != nil {
		t.Fatal(err)
	}
	v.w = w
	t.Cleanup(func() { w.Close() })
	return v
}

// next reads a batch.
func (v *view) next() []Patch {
	v.t.Helper()
	select {
	case batch, ok := <-v.w.Patches():
		if !ok {
			v.t.Fatal("patches ended")
		}
		v.apply(batch)
		return batch
	case <-time.After(deadline):
		v.t.Fatalf("no patch within %v; known are %.2000q; log:\n%.2000s", deadline, v.names(), v.log)
		return nil
	}
}

// apply checks a batch, and takes it over.
func (v *view) apply(batch []Patch) {
	v.t.Helper()
	created := false
	seen := map[string]bool{}
	for _, p := range batch {
		known := v.files[p.File.Name]
		switch {
		case seen[p.File.Name]:
			v.t.Errorf("%q is twice in a batch", p.File.Name)
		case p.Deleted && created:
			v.t.Errorf("the deletion of %q comes behind a creation", p.File.Name)
		case p.Deleted && known == nil:
			v.t.Errorf("%q is deleted, and was never told of", p.File.Name)
		case !p.Deleted && known != nil && known.same(p.File):
			v.t.Errorf("%q is told of again, unchanged", p.File.Name)
		}
		created = created || !p.Deleted
		seen[p.File.Name] = true
		if p.Deleted {
			delete(v.files, p.File.Name)
		} else {
			v.files[p.File.Name] = p.File
		}
	}
}

func (v *view) names() []string { return slices.Sorted(maps.Keys(v.files)) }

// want reads batches until exactly these files are known.
func (v *view) want(names ...string) {
	v.t.Helper()
	slices.Sort(names)
	for !slices.Equal(v.names(), names) {
		v.next()
	}
}

// wantFirst checks what was there in the first batch.
func (v *view) wantFirst(names ...string) {
	v.t.Helper()
	slices.Sort(names)
	if !slices.Equal(v.names(), names) {
		v.t.Errorf("offered are %q, want %q", v.names(), names)
	}
}

// text gives the names of a batch, with a minus where they are deleted.
func text(batch []Patch) string {
	var s strings.Builder
	for _, p := range batch {
		if p.Deleted {
			s.WriteByte('-')
		}
		fmt.Fprintf(&s, "%q ", p.File.Name)
	}
	return s.String()
}

// until reads batches until a file is in the wanted state.
func (v *view) until(name string, is func(*File) bool) *File {
	v.t.Helper()
	for v.files[name] == nil || !is(v.files[name]) {
		v.next()
	}
	return v.files[name]
}

// scanned waits until n scans have begun from now on; no patch may come meanwhile.
func (v *view) scanned(n int) {
	v.t.Helper()
	limit := time.After(deadline)
	for range n {
		select {
		case <-v.scans:
		case batch := <-v.w.Patches():
			v.t.Fatalf("batch that should not come: %s", text(batch))
		case <-limit:
			v.t.Fatalf("no %d scans within %v", n, deadline)
		}
	}
}

// content reads a file through Open.
func (v *view) content(name string) string {
	v.t.Helper()
	f := v.files[name]
	if f == nil {
		v.t.Fatalf("%q is not offered", name)
	}
	file, err := v.w.Open(f)
	if err != nil {
		v.t.Fatal("Open:", err)
	}
	defer file.Close()
	if same, err := v.w.Same(f, file); !same || err != nil {
		v.t.Errorf("Same: %v, %v", same, err)
	}
	content, err := io.ReadAll(file)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(content)
}

// refused checks that a file cannot be opened any more, because it has changed.
func (v *view) refused(f *File) {
	v.t.Helper()
	file, err := v.w.Open(f)
	if err == nil {
		file.Close()
	}
	if !errors.Is(err, ErrChanged) {
		v.t.Errorf("Open(%q): %v, want %v", f.Name, err, ErrChanged)
	}
}

// record is a log that is kept.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) Enabled(context.Context, slog.Level) bool { return true }
func (r *record) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *record) WithGroup(string) slog.Handler            { return r }
func (r *record) Handle(_ context.Context, e slog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := e.Level.String() + " " + e.Message
	e.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	r.lines = append(r.lines, line)
	return nil
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// count tells how many lines have a text in them.
func (r *record) count(text string) int { return strings.Count(r.String(), text) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write makes a file that is stable, with its folders.
func write(t testing.TB, top, name, content string) {
	t.Helper()
	path := filepath.Join(top, filepath.FromSlash(name))
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, []byte(content), 0o600))
	must(t, os.Chtimes(path, old, old))
}

// symlink makes a symbolic link.
func symlink(t testing.TB, target, top, name string) {
	t.Helper()
	path := filepath.Join(top, filepath.FromSlash(name))
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.Symlink(target, path))
}
