package inbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestIndexSurvivesDamage(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for i := range 10 {
		deliver(t, in, fmt.Sprintf("file%d", i), "x")
	}
	in.Close()
	file := filepath.Join(in.path, private, "index")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	lines[3] = bytes.Replace(lines[3], []byte("file3"), []byte("file9"), 1)
	lines[5] = []byte("\x00\xff garbage\n\n")
	lines[6] = append(bytes.Repeat([]byte("long"), 1<<16), '\n')
	torn := lines[9][:len(lines[9])-3]
	lines[9] = torn
	if err := os.WriteFile(file, bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	in = openInbox(t, in.path)
	deliver(t, in, "new", "x") // behind a torn line
	in.Close()
	in = openInbox(t, in.path)
	var names []string
	for _, h := range list(t, in, server, false) {
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != "file0 file1 file2 file4 file7 file8 new" {
		t.Fatal(got)
	}
}

// The index does not grow for ever when the same files come again and again.
func TestIndexIsCompacted(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "d/file", "x")
	deliver(t, in, "-", "x")
	for range 3 * spareLines {
		in.at.index.restore("d/file")
		if in.at.index.full() {
			in.at.index.compact()
		}
	}
	info, err := os.Stat(filepath.Join(in.path, private, "index"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := in.at.index.lines; lines > spareLines+10 || info.Size() > 200*spareLines {
		t.Fatalf("%d lines, %d octets", lines, info.Size())
	}
	in.at.index.compact()
	in.Close()
	in = openInbox(t, in.path)
	if in.at.index.lines != 4 || !in.at.index.folders["d"] {
		t.Fatalf("%d lines, folders %v", in.at.index.lines, in.at.index.folders)
	}
	wantList(t, list(t, in, server, false), whole("-", "x"), whole("d/file", "x"))
}

// The last line tells of a file that a crash kept from its name: then the one before counts.
func TestIndexIsAheadOfACrash(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "file", "old")
	for _, name := range []string{"file", "never"} {
		in.at.index.write(record{kind: "file", name: name, entry: entry{origin: server, size: 7, inode: 7}})
		in.Close()
		in = openInbox(t, in.path)
		wantList(t, list(t, in, server, false), whole("file", "old"))
		if in.at.index.files["never"] != nil {
			t.Fatal("a file that never came is in the index")
		}
	}
	remove(t, in, server, "file", false, true)
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`00000000 file 1 2 3 da39a3ee5e6b4b0d3255bfef95601890afd80709 "tcp://x" "a/b"`))
	f.Add([]byte(`00000000 folder "a"`))
	f.Add(bytes.TrimSuffix(appendRecord(nil, record{kind: "file", name: "a\n\xff", entry: entry{origin: "o"}}), []byte("\n")))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, ok := parseRecord(line)
		if !ok {
			return
		}
		if err := CheckName(r.name); err != nil {
			t.Fatal(err)
		}
		again, ok := parseRecord(bytes.TrimSuffix(appendRecord(nil, r), []byte("\n")))
		if !ok || again != r {
			t.Fatalf("%+v became %+v", r, again)
		}
	})
}

func FuzzAbout(f *testing.F) {
	good := appendAbout(nil, partialKey{server, "a/b"})
	f.Add(good)
	f.Add(appendAbout(nil, partialKey{"\xff\n\x00", `"'\` + "\n"}))
	for i := range good {
		f.Add(good[:i])
	}
	f.Add(appendAbout(nil, partialKey{server, "../x"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		key, ok := parseAbout(b)
		if !ok {
			return
		}
		if err := CheckName(key.name); err != nil {
			t.Fatal(err)
		}
		if again, ok := parseAbout(appendAbout(nil, key)); !ok || again != key {
			t.Fatalf("%+v became %+v", key, again)
		}
	})
}

func TestTornAboutIsNone(t *testing.T) {
	good := appendAbout(nil, partialKey{server, "a/b"})
	for i := range good {
		if _, ok := parseAbout(good[:i]); ok {
			t.Fatalf("%q is taken for whole", good[:i])
		}
	}
	long := partialKey{strings.Repeat("\xff", 5000), strings.Repeat(strings.Repeat("\xff", 255)+"/", 15) + strings.Repeat("\xff", 255)}
	if key, ok := parseAbout(appendAbout(nil, long)); !ok || key != long {
		t.Fatal("the longest name does not fit")
	}
}
