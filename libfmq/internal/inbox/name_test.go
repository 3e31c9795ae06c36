package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	long := strings.Repeat("x", 255)
	for _, name := range []string{
		"a", "a/b", ".hidden", "...", "..a", "a..", "a b", "ä/ö", "\xff\xfe", "%s%n", "a\nb", long, long + "/" + long, "a/.filemq", ".filemqx",
		"-", "~", strings.Repeat("d/", 20) + "f", strings.Repeat("d/", 254) + "f",
	} {
		if err := CheckName(name); err != nil && os.PathSeparator == '/' {
			t.Errorf("%.40q: %v", name, err)
		}
	}
	for what, name := range map[string]string{
		"empty": "", "absolute": "/a", "dot": ".", "dot inside": "a/./b", "dots": "..", "dots first": "../a", "dots inside": "a/../b", "dots last": "a/..",
		"empty component": "a//b", "slash last": "a/", "slash": "/", "NUL": "a\x00b", "256 octets": long + "x", "256 octets inside": "a/" + long + "x/b",
		"own folder": ".filemq", "in own folder": ".filemq/index", "in OWN folder": ".FileMQ/index",
		"too long": strings.Repeat(long+"/", 16) + "x", "too deep": strings.Repeat("d/", 255) + "f",
	} {
		if err := CheckName(name); !errors.Is(err, ErrName) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Windows reads some names as something else than a file.
func TestDeviceNames(t *testing.T) {
	for _, c := range []string{
		"CON", "con", "PRN", "AUX", "NUL", "nul.txt", "NUL .tar.gz", "COM1", "com0", "LPT9.x", "COM¹", "LPT³", "CONIN$", "conout$",
		"a:b", `a\b`, "a*", "a?", `a"`, "a<", "a>", "a|", "a\x01", "a.", "a ", "FILEMQ~1", "filemq~12",
	} {
		if checkWindows(c) == "" {
			t.Errorf("%q is taken for a name", c)
		}
	}
	for _, c := range []string{"a", "CONS", "COM", "COM10", "LPT", "NULL", "auxiliary.txt", "ä", "a b", ".con", "filemq"} {
		if reason := checkWindows(c); reason != "" {
			t.Errorf("%q %s", c, reason)
		}
	}
}

// FuzzName: whatever the name, nothing is written beside the inbox, nor over its own files.
func FuzzName(f *testing.F) {
	for _, name := range []string{
		"a", "a/b", "..", "../x", "../../x", "/etc/x", "a/../../x", "out/x", "in/x", "a/out/x", "file", "file/x", ".filemq/index", ".FILEMQ/lock",
		"own/index", "dot/.filemq/index", "dot/x", "a\x00b", `..\x`, "C:x", "con", "\xff", "", ".", "//", "fifo", "up/x", "up",
	} {
		f.Add(name, false)
		f.Add(name, true)
	}
	base := f.TempDir()
	path, sentinel := filepath.Join(base, "in", "box"), filepath.Join(base, "in", "sentinel")
	put(f, "untouched", sentinel, "x")
	in := openInbox(f, path)
	put(f, "", path, "file")
	for link, to := range map[string]string{"out": sentinel, "up": "..", "own": private, "dot": ".", "in": "a", "sentinel": "../sentinel/x"} {
		if err := os.Symlink(to, filepath.Join(path, link)); err != nil {
			missing(f, "symbolic links")
		}
	}
	f.Fuzz(func(t *testing.T, name string, remove bool) {
		for _, n := range []string{name, strings.ReplaceAll(name, "\\", "/")} {
			if remove {
				in.Remove(server, n, true)
			} else if file, err := in.Begin(server, n, Header{Size: -1}, 0); err == nil {
				write(t, file, "came")
				if d, err := file.Finish(nil); err == nil {
					if real, err := filepath.EvalSymlinks(d.Path); err != nil || real != d.Path {
						t.Fatalf("%q went to %q, which is %q (%v)", n, d.Path, real, err)
					}
					if rel, err := filepath.Rel(path, d.Path); err != nil || !filepath.IsLocal(rel) || rel == "." {
						t.Fatalf("%q went to %q", n, d.Path)
					}
				}
			}
		}
		wantTree(t, sentinel, map[string]string{"x": "untouched"})
		for dir, want := range map[string]int{base: 1, filepath.Dir(path): 2} {
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != want {
				t.Fatalf("%q: %s holds %v", name, dir, entries)
			}
		}
		for _, own := range []string{"index", "lock"} {
			if b, err := os.ReadFile(filepath.Join(path, private, own)); err != nil || string(b) == "came" {
				t.Fatalf("%q: %s was written over (%v)", name, own, err)
			}
		}
		if err := os.Remove(filepath.Join(path, "a")); err == nil {
			return // so that it may be a folder the next time
		}
	})
}
