package inbox

import (
	"context"
	"crypto/sha1"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

const server = "tcp://127.0.0.1:5670" // where files come from

func TestMain(m *testing.M) {
	if path := os.Getenv(receiveInto); path != "" {
		receiveForever(path)
		return
	}
	goleak.VerifyTestMain(m)
}

func openInbox(tb testing.TB, path string) *Inbox {
	tb.Helper()
	in, err := Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { in.Close() })
	return in
}

// begin begins a file whose size is not known.
func begin(tb testing.TB, in *Inbox, name string, offset int64) *File {
	tb.Helper()
	f, err := in.Begin(server, name, Header{Size: -1}, offset)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func write(tb testing.TB, f *File, content string) {
	tb.Helper()
	if err := f.Write([]byte(content)); err != nil {
		tb.Fatal(err)
	}
}

// finish finishes a file that has to have the content.
func finish(tb testing.TB, f *File, content string) Delivered {
	tb.Helper()
	want := sha1.Sum([]byte(content))
	d, err := f.Finish(&want)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func deliver(tb testing.TB, in *Inbox, name, content string) Delivered {
	tb.Helper()
	f := begin(tb, in, name, 0)
	write(tb, f, content)
	return finish(tb, f, content)
}

// big makes content of which a part is worth keeping.
func big(octets int) string {
	b := make([]byte, octets)
	for i := range b {
		b[i] = byte(i*7 ^ i>>8*13)
	}
	return string(b)
}

// wantTree checks what is in a directory beside .filemq: contents by name; folders end with a slash, links are "-> target".
func wantTree(tb testing.TB, path string, want map[string]string) {
	tb.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || p == path {
			return err
		}
		name, _ := filepath.Rel(path, p)
		switch {
		case name == private && e.IsDir():
			return fs.SkipDir
		case e.IsDir():
			got[filepath.ToSlash(name)+"/"] = ""
		case e.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			got[filepath.ToSlash(name)] = "-> " + to
			return err
		default:
			b, err := os.ReadFile(p)
			got[filepath.ToSlash(name)] = string(b)
			return err
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		tb.Fatalf("%s holds %s, want %s", path, brief(got), brief(want))
	}
}

func brief(m map[string]string) string {
	var b strings.Builder
	for name, content := range m {
		b.WriteString(" " + name)
		if len(content) > 30 {
			content = content[:30] + "…"
		}
		b.WriteString("=" + content)
	}
	return b.String()
}

// temporaries tells the names in the folder partial.
func temporaries(tb testing.TB, path string) []string {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Join(path, private, "partial"))
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func wantNoTemporaries(tb testing.TB, path string) {
	tb.Helper()
	if names := temporaries(tb, path); len(names) != 0 {
		tb.Fatalf("left in partial: %q", names)
	}
}

func list(tb testing.TB, in *Inbox, origin string, all bool) []Held {
	tb.Helper()
	held, err := in.List(context.Background(), origin, all)
	if err != nil {
		tb.Fatal(err)
	}
	return held
}

func wantList(tb testing.TB, got []Held, want ...Held) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Fatalf("%d are held, want %d: %+v", len(got), len(want), got)
	}
	for i, h := range got {
		if h != want[i] {
			tb.Fatalf("held %d: %+v, want %+v", i, h, want[i])
		}
	}
}

func whole(name, content string) Held {
	return Held{Name: name, Size: int64(len(content)), Digest: sha1.Sum([]byte(content))}
}

func part(name, content string) Held {
	return Held{Name: name, Size: int64(len(content)), Digest: sha1.Sum([]byte(content)), Partial: true}
}

func put(tb testing.TB, content string, path ...string) {
	tb.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// missing skips a test for want of something; not in CI, where everything has to be there.
func missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("missing: %s", what)
	}
	tb.Skip("missing: " + what)
}
