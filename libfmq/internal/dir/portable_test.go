package dir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPortableLink(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "content")
	write(t, aside, "other one", "another content")
	write(t, top, "absolute.ln", filepath.Join(aside, "real")+"\n")
	write(t, top, "folder/relative.ln", "../near")
	write(t, top, "near", "near by")
	write(t, top, "crlf.ln", filepath.Join(aside, "other one")+"\r\nmore lines\n")
	v := watchDir(t, Config{Dir: top, Monitor: 10 * time.Millisecond})
	v.wantFirst("absolute", "folder/relative", "near", "crlf")
	for name, want := range map[string]string{"absolute": "content", "folder/relative": "near by", "crlf": "another content"} {
		if got := v.content(name); got != want || v.files[name].Link == "" || v.files[name].Size != int64(len(want)) {
			t.Errorf("%s: %q, %+v", name, got, v.files[name])
		}
	}
	if got, want := v.files["folder/relative"].Link, filepath.Join(top, "near"); got != want {
		t.Errorf("Link %q, want %q", got, want)
	}

	// The real file changes, far from all notifications.
	before := v.files["absolute"]
	write(t, aside, "real", "longer content")
	v.until("absolute", func(f *File) bool { return f.Size == 14 })
	v.refused(before)
	// The link leads elsewhere.
	write(t, top, "absolute.ln", filepath.Join(aside, "other one"))
	v.until("absolute", func(f *File) bool { return f.Link == filepath.Join(aside, "other one") })
	// The real file is gone, and comes back.
	must(t, os.Remove(filepath.Join(aside, "other one")))
	v.want("folder/relative", "near")
	v.scanned(2)
	write(t, aside, "other one", "is back")
	v.want("absolute", "folder/relative", "near", "crlf")
	// The links are gone.
	must(t, os.Remove(filepath.Join(top, "absolute.ln")))
	must(t, os.Remove(filepath.Join(top, "crlf.ln")))
	v.want("folder/relative", "near")
}

func TestPortableLinkToNowhere(t *testing.T) {
	top := t.TempDir()
	write(t, top, "empty.ln", "")
	write(t, top, "blank line.ln", "\n/etc/hostname\n")
	write(t, top, "missing.ln", "/does/not/exist")
	write(t, top, "folder.ln", top)
	write(t, top, "long.ln", strings.Repeat("x", maxLink+1))
	write(t, top, "nul.ln", "/etc/hostname\x00\n")
	write(t, top, "itself.ln", "itself")
	must(t, os.Mkdir(filepath.Join(top, "a folder.ln"), 0o700))
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	v.wantFirst()
	v.scanned(3)
	for _, name := range []string{"empty", "blank line", "missing", "folder", "long", "nul", "itself"} {
		if n := v.log.count(name + ".ln reason"); n != 1 {
			t.Errorf("%q is logged %d times; log:\n%s", name, n, v.log)
		}
	}
}

// files.md (g): C filemq's client published `x.ln` with "/etc/hostname" in it, and so that file. Where that is not wanted, such files are files as any.
func TestPortableLinkIsNotFollowed(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "secret", "secret")
	write(t, top, "x.ln", filepath.Join(aside, "secret"))
	v := watchDir(t, Config{Dir: top, NoLinks: true})
	v.wantFirst("x.ln")
	write(t, top, "y.ln", filepath.Join(aside, "secret"))
	v.want("x.ln", "y.ln")
	if got := v.content("y.ln"); got == "secret" {
		t.Error("the link was followed")
	}
}

// What came through FILEMQ is not followed, in the inbox and anywhere below; it is a file as any.
func TestPortableLinkInAnInboxIsNotFollowed(t *testing.T) {
	for _, c := range []struct{ dir, inbox, below string }{
		{"", "", ""},      // the directory is an inbox
		{"", "in", "in/"}, // there is one in it
		{"in", "", ""},    // it is in one
	} {
		top, aside := t.TempDir(), t.TempDir()
		write(t, aside, "secret", "secret")
		dir := filepath.Join(top, c.dir)
		must(t, os.MkdirAll(filepath.Join(top, c.inbox, private), 0o700))
		must(t, os.MkdirAll(dir, 0o700))
		write(t, dir, c.below+"x.ln", filepath.Join(aside, "secret"))
		v := watchDir(t, Config{Dir: dir})
		v.wantFirst(c.below + "x.ln")
		write(t, dir, c.below+"y.ln", filepath.Join(aside, "secret"))
		v.want(c.below+"x.ln", c.below+"y.ln")
		if got := v.content(c.below + "y.ln"); got == "secret" {
			t.Errorf("%v: the link was followed", c)
		}
	}
}

func TestPortableLinkGivesWay(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "by the link")
	write(t, top, "x.ln", filepath.Join(aside, "real"))
	write(t, top, "x", "itself")
	write(t, top, "folder.ln", filepath.Join(aside, "real"))
	write(t, top, "folder/x", "itself")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst("x", "folder/x")
	if got := v.content("x"); got != "itself" {
		t.Errorf("content %q", got)
	}
	must(t, os.Remove(filepath.Join(top, "x")))
	v.until("x", func(f *File) bool { return f.Link != "" })
	write(t, top, "x", "itself again")
	v.until("x", func(f *File) bool { return f.Link == "" })
}

// A link that is being written may not have its whole path yet.
func TestPortableLinkIsStableFirst(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "content")
	must(t, os.WriteFile(filepath.Join(top, "x.ln"), []byte(filepath.Join(aside, "real")), 0o600))
	v := watchDir(t, Config{Dir: top, Stable: time.Hour})
	v.wantFirst()
	must(t, os.Chtimes(filepath.Join(top, "x.ln"), old, old))
	v.want("x")
}
