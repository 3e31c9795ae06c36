package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestResumesPart(t *testing.T) {
	for _, restart := range []bool{false, true} {
		in := openInbox(t, t.TempDir())
		all := big(300_000)
		f := begin(t, in, "d/file", 0)
		write(t, f, all[:200_000])
		f.Keep()
		wantTree(t, in.path, map[string]string{})
		if restart {
			in.Close()
			in = openInbox(t, in.path)
		}
		wantList(t, list(t, in, server, false), part("d/file", all[:200_000]))
		wantList(t, list(t, in, "tcp://another", true))
		for _, offset := range []int64{-1, 1, 199_999, 200_001, 1 << 62} {
			if _, err := in.Begin(server, "d/other", Header{Size: -1}, offset); !errors.Is(err, ErrNotHeld) {
				t.Fatal(offset, err)
			}
		}
		if _, err := in.Begin("tcp://another", "d/file", Header{Size: -1}, 200_000); !errors.Is(err, ErrNotHeld) {
			t.Fatal(err)
		}
		f = begin(t, in, "d/file", 200_000)
		if f.Size() != 200_000 || f.Digest() != part("", all[:200_000]).Digest {
			t.Fatal("it does not begin with the part")
		}
		write(t, f, all[200_000:])
		finish(t, f, all)
		wantTree(t, in.path, map[string]string{"d/": "", "d/file": all})
		wantNoTemporaries(t, in.path)
	}
}

// A part is kept and taken up again and again.
func TestResumesPartSeveralTimes(t *testing.T) {
	in := openInbox(t, t.TempDir())
	all := big(1_000_000)
	for done := 0; done < len(all); done += 100_000 {
		f := begin(t, in, "file", int64(done))
		write(t, f, all[done:done+100_000])
		if done+100_000 == len(all) {
			finish(t, f, all)
			break
		}
		f.Keep()
	}
	wantTree(t, in.path, map[string]string{"file": all})
	wantNoTemporaries(t, in.path)
}

func TestSmallPartIsNotKept(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "file", 0)
	write(t, f, big(worthKeeping))
	f.Keep()
	wantNoTemporaries(t, in.path)
	wantList(t, list(t, in, server, true))
}

func TestPartAndWholeFileOfOneName(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "b", "old")
	deliver(t, in, "a", "first")
	f := begin(t, in, "b", 0)
	write(t, f, big(100_000))
	f.Keep()
	wantList(t, list(t, in, server, false), whole("a", "first"), part("b", big(100_000)), whole("b", "old"))
	// From the whole file, which makes the part superfluous.
	f = begin(t, in, "b", 3)
	write(t, f, "er")
	finish(t, f, "older")
	wantList(t, list(t, in, server, false), whole("a", "first"), whole("b", "older"))
	wantNoTemporaries(t, in.path)
}

func TestBeginningAnewRemovesThePart(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "file", 0)
	write(t, f, big(100_000))
	f.Keep()
	f = begin(t, in, "file", 0)
	wantList(t, list(t, in, server, true))
	f.Discard()
	wantNoTemporaries(t, in.path)
}

// Of two parts the longer one stays, whichever was kept first.
func TestLongerPartStays(t *testing.T) {
	for _, sizes := range [][2]int{{100_000, 200_000}, {200_000, 100_000}} {
		in := openInbox(t, t.TempDir())
		a, b := begin(t, in, "file", 0), begin(t, in, "file", 0)
		write(t, a, big(sizes[0]))
		write(t, b, big(sizes[1]))
		a.Keep()
		b.Keep()
		wantList(t, list(t, in, server, true), part("file", big(200_000)))
		if n := len(temporaries(t, in.path)); n != 2 {
			t.Fatalf("%d temporary files", n)
		}
	}
}

// The part that grew meanwhile, by a process that should not be there, is not taken for what was listed.
func TestPartOfAnotherSizeNow(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "file", 0)
	write(t, f, big(100_000))
	f.Keep()
	put(t, "short", in.path, private, "partial", f.temp)
	if _, err := in.Begin(server, "file", Header{Size: -1}, 100_000); !errors.Is(err, ErrNotHeld) {
		t.Fatal(err)
	}
	// With the same size, but another content: the digest tells.
	put(t, big(100_001)[1:], in.path, private, "partial", f.temp)
	f = begin(t, in, "file", 100_000)
	if f.Digest() != part("", big(100_001)[1:]).Digest {
		t.Fatal("the digest is not that of what is there")
	}
	f.Discard()
}

// A file that grows costs its new end only; what stands under the name stays whole meanwhile.
func TestAppendedFile(t *testing.T) {
	for _, octets := range []int{100, 300_000} {
		for _, restart := range []bool{false, true} {
			in := openInbox(t, t.TempDir())
			all := big(octets)
			half := all[:octets/2]
			deliver(t, in, "log", half)
			if restart {
				in.Close()
				in = openInbox(t, in.path)
			}
			if known := in.at.states["log"].hash != nil; known != (!restart && octets > worthKeeping) {
				t.Fatalf("the digest's state is held: %v", known)
			}
			for _, offset := range []int{1, len(half) - 1, len(half) + 1} {
				if _, err := in.Begin(server, "log", Header{Size: -1}, int64(offset)); !errors.Is(err, ErrNotHeld) {
					t.Fatal(offset, err)
				}
			}
			wantNoTemporaries(t, in.path)
			f := begin(t, in, "log", int64(len(half)))
			if f.Digest() != whole("", half).Digest {
				t.Fatal("it does not begin with the whole file")
			}
			write(t, f, all[octets/2:])
			wantTree(t, in.path, map[string]string{"log": half})
			finish(t, f, all)
			wantTree(t, in.path, map[string]string{"log": all})
			wantNoTemporaries(t, in.path)
		}
	}
}

// What the user put there may be appended to as well, and what the user changed is not what was listed.
func TestAppendedFileThatWasHere(t *testing.T) {
	in := openInbox(t, t.TempDir())
	mine := big(200_000)
	put(t, mine, in.path, "log")
	wantList(t, list(t, in, server, true), whole("log", mine))
	changed := mine[1:] + "x"
	put(t, changed, in.path, "log")
	f := begin(t, in, "log", int64(len(mine)))
	if f.Digest() != whole("", changed).Digest {
		t.Fatal("the digest is that of a former state")
	}
	f.Keep() // which costs nothing to keep: it is the whole file
	wantTree(t, in.path, map[string]string{"log": changed})
	if _, err := in.Begin(server, "nothing", Header{Size: -1}, 5); !errors.Is(err, ErrNotHeld) {
		t.Fatal(err)
	}
	os.Mkdir(filepath.Join(in.path, "dir"), 0o755)
	if _, err := in.Begin(server, "dir", Header{Size: -1}, 4096); !errors.Is(err, ErrNotHeld) {
		t.Fatal(err)
	}
	if n := len(temporaries(t, in.path)); n != 2 {
		t.Fatalf("%d temporary files, want the part and its about", n)
	}
}

func TestForget(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for _, origin := range []string{server, "tcp://other"} {
		for _, name := range []string{"kept", "taken up"} {
			f, err := in.Begin(origin, name, Header{Size: -1}, 0)
			if err != nil {
				t.Fatal(err)
			}
			write(t, f, big(100_000))
			f.Keep()
		}
	}
	f := begin(t, in, "taken up", 100_000)
	in.Forget(server)
	wantList(t, list(t, in, server, true))
	wantList(t, list(t, in, "tcp://other", true), part("kept", big(100_000)), part("taken up", big(100_000)))
	finish(t, f, big(100_000))
	in.Forget("tcp://other")
	wantNoTemporaries(t, in.path)
}
