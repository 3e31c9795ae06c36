package dir

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// blind watches a directory that nothing tells of: neither notifications nor scans.
func blind(t *testing.T, top string, cfg Config) *view {
	t.Helper()
	cfg.Dir = top
	cfg.notify = func() (notifier, error) { return nil, errors.New("none") }
	return watchDir(t, cfg)
}

// look looks at a name, and takes over what that tells.
func (v *view) look(name string) Look {
	v.t.Helper()
	l := v.w.Look(name)
	v.apply(l.Patches)
	return l
}

func TestLook(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "content")
	write(t, top, "known/a", "a")
	v := blind(t, top, Config{})
	v.wantFirst("known/a")
	for _, name := range []string{"none", "known/none", "none/none/none", "known", "known/a/below a file"} {
		if l := v.look(name); l.Offered || len(l.Patches) != 0 {
			t.Errorf("%s: got %+v", name, l)
		}
	}
	write(t, top, "x", "x")
	write(t, top, "known/b", "b")
	write(t, top, "new/newer/link.ln", filepath.Join(aside, "real")+"\n")
	for _, name := range []string{"x", "known/b", "new/newer/link", "known/a"} {
		if l := v.look(name); !l.Offered || v.files[name] == nil {
			t.Errorf("%s: got %+v", name, l)
		}
	}
	if l := v.look("x"); !l.Offered || len(l.Patches) != 0 {
		t.Errorf("a second look: got %+v", l)
	}
	for _, gone := range []string{"x", "new/newer/link.ln", "known"} {
		must(t, os.RemoveAll(filepath.Join(top, gone)))
	}
	for _, name := range []string{"x", "new/newer/link", "known/b"} {
		if l := v.look(name); l.Offered || v.files[name] != nil {
			t.Errorf("%s is gone: got %+v", name, l)
		}
	}
}

// What nobody has taken yet comes with a look, before what that has seen.
func TestLookBringsWhatWaits(t *testing.T) {
	top := t.TempDir()
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	write(t, top, "a", "a")
	limit := time.After(deadline)
	for range 3 { // scans: the batch is made and waits
		select {
		case <-v.scans:
		case <-limit:
			t.Fatal("no scan")
		}
	}
	must(t, os.Remove(filepath.Join(top, "a")))
	l := v.w.Look("a")
	if text(l.Patches) != `"a" -"a" ` {
		t.Errorf("got %s", text(l.Patches))
	}
}

// A file that was just written to is not offered, nor is one that has changed.
func TestLookAtWhatIsNotStable(t *testing.T) {
	top := t.TempDir()
	v := blind(t, top, Config{})
	must(t, os.WriteFile(filepath.Join(top, "x"), []byte("1"), 0o600))
	if l := v.look("x"); l.Offered || len(l.Patches) != 0 {
		t.Errorf("got %+v", l)
	}
	must(t, os.Chtimes(filepath.Join(top, "x"), old, old))
	if l := v.look("x"); !l.Offered || len(l.Patches) != 1 {
		t.Errorf("got %+v", l)
	}
	must(t, os.WriteFile(filepath.Join(top, "x"), []byte("22"), 0o600))
	if l := v.look("x"); l.Offered || len(l.Patches) != 0 {
		t.Errorf("got %+v", l)
	}
}

func TestLookAfterClose(t *testing.T) {
	v := blind(t, t.TempDir(), Config{})
	v.w.Close()
	if l := v.w.Look("x"); l.Offered || l.Patches != nil {
		t.Errorf("got %+v", l)
	}
}

// A link whose line has its end is whole, however young it is: only the real file has to be stable.
func TestWholeLinkNeedNotRipen(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "content")
	v := blind(t, top, Config{})
	link := filepath.Join(top, "x.ln")
	must(t, os.WriteFile(link, []byte(filepath.Join(aside, "re")), 0o600))
	must(t, os.WriteFile(link, []byte(filepath.Join(aside, "real")), 0o600))
	if l := v.look("x"); l.Offered {
		t.Error("offered is what may not be written to its end")
	}
	must(t, os.WriteFile(link, []byte(filepath.Join(aside, "real")+"\n"), 0o600))
	if l := v.look("x"); !l.Offered {
		t.Error("not offered")
	}
	must(t, os.WriteFile(filepath.Join(aside, "real"), []byte("changed"), 0o600))
	if l := v.look("x"); l.Offered {
		t.Error("offered is a real file that was just written to")
	}
}
