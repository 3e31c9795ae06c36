package inbox

import (
	"bufio"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCrashAtEveryStep opens a copy of the inbox as it is on the disk after each step, as a killed process would have left it.
// files.md (e): C filemq writes under the final name, and leaves half of the file there.
func TestCrashAtEveryStep(t *testing.T) {
	in := openInbox(t, t.TempDir())
	all := big(200_000)
	deliver(t, in, "d/file", "old")
	deliver(t, in, "d/small", "old")
	old := map[string]string{"d/": "", "d/file": "old", "d/small": "old"}
	after := func(step string, tree map[string]string, held ...Held) {
		t.Helper()
		crashed := filepath.Join(t.TempDir(), "crashed")
		if err := os.CopyFS(crashed, os.DirFS(in.path)); err != nil {
			t.Fatal(err)
		}
		again := openInbox(t, crashed)
		wantTree(t, crashed, tree)
		wantList(t, list(t, again, server, true), held...)
		parts := 0
		for _, h := range held {
			if h.Partial {
				parts++
			}
		}
		if got := temporaries(t, crashed); len(got) != 2*parts {
			t.Fatalf("after %s there are %q", step, got)
		}
		again.Close()
	}
	wholes := []Held{whole("d/file", "old"), whole("d/small", "old")}
	after("opening", old, wholes...)
	f := begin(t, in, "d/file", 0)
	after("Begin", old, wholes...)
	write(t, f, all[:50_000])
	after("a Write", old, wholes...)
	if err := in.at.writeAbout(f.temp, partialKey{server, "d/file"}); err != nil {
		t.Fatal(err)
	}
	after("the about file", old, wholes...)
	write(t, f, all[50_000:100_000])
	after("a second Write", old, part("d/file", all[:100_000]), wholes[0], wholes[1])
	write(t, f, all[100_000:])
	after("all Writes", old, part("d/file", all), wholes[0], wholes[1])
	if err := f.settle(); err != nil {
		t.Fatal(err)
	}
	after("mode and time", old, part("d/file", all), wholes[0], wholes[1])
	finish(t, f, all)
	old["d/file"] = all
	wholes[0] = whole("d/file", all)
	after("Finish", old, wholes...)
	put(t, string(appendAbout(nil, partialKey{server, "d/file"})), in.path, private, "partial", f.temp+aboutSuffix)
	after("Finish, before the about file was removed", old, wholes...)

	f = begin(t, in, "e/f/new", 0)
	if _, _, err := in.at.folder(f.name, true); err != nil {
		t.Fatal(err)
	}
	after("making folders", old, wholes...)
	remove(t, in, server, "d/small", false, true)
	delete(old, "d/small")
	after("Remove", old, wholes[0])
	f.Discard()
	remove(t, in, server, "d/file", false, true)
	after("Remove of all", map[string]string{})
	put(t, "torn", in.path, private, "index.new")
	put(t, "x", in.path, private, "partial", "strange", "folder")
	after("litter", map[string]string{})
}

// Parts that nobody has taken up for a month are litter.
func TestOldPartsAreRemoved(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "file", 0)
	write(t, f, big(100_000))
	f.Keep()
	in.Close()
	old := time.Now().Add(-maxPartialAge - time.Hour)
	os.Chtimes(filepath.Join(in.path, private, "partial", f.temp), old, old)
	in = openInbox(t, in.path)
	wantNoTemporaries(t, in.path)
}

const receiveInto = "INBOX_TEST_RECEIVE" // environment of the process that TestKilled kills: its inbox

// receiveForever delivers files of all kinds, until it is killed.
func receiveForever(dir string) {
	in, err := Open(dir, nil)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	for {
		if err := receiveSome(in); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

func receiveSome(in *Inbox) error {
	n := rand.IntN(100)
	name := fmt.Sprintf("d%d/e%d/file%02d", n%5, n%2, n)
	if rand.IntN(5) == 0 {
		_, err := in.Remove(server, name, false)
		return err
	}
	sizes := []int{0, 100, 5_000, 70_000, 300_000, 1_000_000}
	all := killedContent(name, sizes[rand.IntN(len(sizes))])
	f, err := in.Begin(server, name, Header{Size: int64(len(all))}, 0)
	if err != nil {
		return err
	}
	for rest := all; len(rest) > 0; {
		k := min(len(rest), 30_000)
		if err := f.Write([]byte(rest[:k])); err != nil {
			return err
		}
		rest = rest[k:]
	}
	if rand.IntN(4) == 0 {
		f.Keep()
		return nil
	}
	want := sha1.Sum([]byte(all))
	_, err = f.Finish(&want)
	return err
}

// killedContent tells itself to be whole.
func killedContent(name string, octets int) string {
	if octets == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d\n%s", name, octets, big(octets))
}

// TestKilled kills a process that receives, at random moments: every file is whole or not there, and nothing else is left than parts.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	dir := t.TempDir()
	for moment := range 100 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), receiveInto+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(out)
		if line, err := r.ReadString('\n'); line != "open\n" {
			t.Fatalf("the process says %q (%v)", line, err)
		}
		kill := time.AfterFunc(time.Duration(rand.IntN(30_000))*time.Microsecond, func() { cmd.Process.Kill() })
		rest, _ := io.ReadAll(r)
		kill.Stop()
		if err := cmd.Wait(); err == nil || len(rest) > 0 {
			t.Fatalf("the process was to be killed: %v %s", err, rest)
		}
		checkKilled(t, dir, moment)
	}
}

func checkKilled(t *testing.T, dir string, moment int) {
	in := openInbox(t, dir)
	defer in.Close()
	came := map[string]Held{}
	for _, h := range list(t, in, server, false) {
		if !h.Partial {
			came[h.Name] = h
		} else if h.Size < worthKeeping {
			t.Fatalf("%+v is not worth keeping", h)
		}
	}
	folders := map[string]bool{}
	for _, h := range list(t, in, server, true) {
		if h.Partial {
			continue
		}
		for d := path.Dir(h.Name); d != "."; d = path.Dir(d) {
			folders[d] = true
		}
		b, err := os.ReadFile(filepath.Join(dir, h.Name))
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(b), "\n")
		octets := 0
		if _, err := fmt.Sscanf(first, h.Name+" %d", &octets); len(b) > 0 && (err != nil || string(b) != killedContent(h.Name, octets)) {
			t.Fatalf("moment %d: %s has %d octets that nobody sent: %q", moment, h.Name, len(b), first)
		}
		if came[h.Name] != whole(h.Name, string(b)) {
			t.Fatalf("moment %d: the index says of %+v %+v", moment, h, came[h.Name])
		}
	}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, p)
		if name == private {
			return filepath.SkipDir
		}
		if err == nil && e.IsDir() && name != "." && !folders[filepath.ToSlash(name)] {
			err = errors.New(name + " is empty")
		}
		return err
	})
	if err != nil {
		t.Fatalf("moment %d: %v", moment, err)
	}
	names := temporaries(t, dir)
	for _, name := range names {
		temp := strings.TrimSuffix(name, aboutSuffix)
		info, err := os.Stat(filepath.Join(dir, private, "partial", temp))
		if err != nil || info.Size() < worthKeeping {
			t.Fatalf("moment %d: %s is litter (%v)", moment, name, err)
		}
	}
	if len(names) != 2*len(in.at.partials) {
		t.Fatalf("moment %d: %q are left, of %d parts", moment, names, len(in.at.partials))
	}
}

func TestTwoProcesses(t *testing.T) {
	in := openInbox(t, t.TempDir())
	if _, err := Open(in.path, nil); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), receiveInto+"="+in.path)
	out, err := cmd.Output()
	if err == nil || !strings.Contains(string(out), in.path) || !strings.Contains(string(out), "another directory") {
		t.Fatalf("%v: %s", err, out)
	}
	f := begin(t, in, "file", 0) // the other one has disturbed nothing
	finish(t, f, "")
	in.Close()
	openInbox(t, in.path)
}
