package fmq

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// begin has a client with one subscription in an open conversation.
func begin(t *testing.T, path string, opt Subscription) (*fake, *Client) {
	t.Helper()
	f := serve(t, "")
	c := start(t, nil, f)
	subscribe(t, c, path, opt)
	f.open()
	next(t, c, Connected)
	return f, c
}

// settle waits until all credit is back: octets that were sent are not lost to the window, whatever became of them.
func settle(t *testing.T, f *fake) {
	t.Helper()
	for f.granted-f.sent != 4_000_000 {
		if f.granted-f.sent > 4_000_000 {
			t.Fatalf("the window has grown to %d", f.granted-f.sent)
		}
		f.await(fmq.IDNom)
	}
}

// files are all files in a directory and what is in them, but for the inbox's own.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".filemq":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// No name leads out of the inbox, whatever it says; each is refused, and the rest goes on. files.md (h): C filemq wrote outside,
// deleted there, and takes /foobar for a file of /foo.
func TestNamesFromOutside(t *testing.T) {
	f, c := begin(t, "/foo", Subscription{Mirror: true})
	outside := filepath.Dir(c.dir)
	if err := os.WriteFile(filepath.Join(outside, "victim"), []byte("alive"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, cause := range map[string]error{
		"/foo/../../x":                      inbox.ErrName,
		"/foo/../sib":                       inbox.ErrName,
		"/foo/a/../../../x":                 inbox.ErrName,
		"/foo/..":                           inbox.ErrName,
		"/foo/.":                            inbox.ErrName,
		"/foo/":                             inbox.ErrName,
		"/foo//x":                           inbox.ErrName,
		"/foo/x/":                           inbox.ErrName,
		"/foo/.filemq/index":                inbox.ErrName,
		"/foo/.FileMQ/lock":                 inbox.ErrName,
		"/foo/" + strings.Repeat("x", 256):  inbox.ErrName,
		"/foo" + strings.Repeat("/x", 5000): inbox.ErrName,
		"/../../x":                          ErrUncovered,
		"/../sib":                           ErrUncovered,
		"/bar/x":                            ErrUncovered,
		"/foobar":                           ErrUncovered, // is not below /foo: C filemq takes it
		"foo/x":                             ErrUncovered,
		"x":                                 ErrUncovered,
		"":                                  ErrUncovered,
		"/":                                 ErrUncovered,
	} {
		f.chunk(name, 0, []byte("evil"), 0)
		f.chunk(name, 4, nil, 1)
		if e := next(t, c, Refused); e.Path != name[:min(len(name), mostTold)] || !errors.Is(e.Cause, cause) {
			t.Errorf("%.50q: got %.50q: %v", name, e.Path, e.Cause)
		}
		f.remove(name)
		if e := next(t, c, Refused); e.Path != name[:min(len(name), mostTold)] || !errors.Is(e.Cause, cause) {
			t.Errorf("delete of %.50q: got %.50q: %v", name, e.Path, e.Cause)
		}
	}
	f.remove("/foo/../../victim")
	next(t, c, Refused)
	f.file("/foo/good", "good")
	delivered(t, c, "/foo/good", "good")
	settle(t, f)
	if got := files(t, outside); len(got) != 2 || got["victim"] != "alive" || got["inbox/good"] != "good" {
		t.Errorf("there is %v", got)
	}
}

// A link in the inbox does not lead out of it.
func TestPlantedLink(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(c.dir, "way")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	f.chunk("/way/x", 0, []byte("evil"), 1)
	next(t, c, Refused)
	f.remove("/way/x")
	f.file("/good", "good")
	for e := news(t, c); e.Type != Deliver; e = news(t, c) {
		if e.Type != Refused {
			t.Fatalf("got %+v", e)
		}
	}
	if got := files(t, outside); len(got) > 0 {
		t.Errorf("outside is %v", got)
	}
}

// A name that is a folder here, and one whose parent is a file, cost that file only.
func TestFileInTheWay(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	f.file("/a/b", "file")
	delivered(t, c, "/a/b", "file")
	for _, name := range []string{"/a", "/a/b/c"} {
		f.file(name, "other")
		if e := next(t, c, Refused); e.Path != name[:min(len(name), mostTold)] || !errors.Is(e.Cause, inbox.ErrInTheWay) {
			t.Errorf("%s: got %+v", name, e)
		}
	}
	f.file("/a/b", "anew")
	delivered(t, c, "/a/b", "anew")
	settle(t, f)
}

// files.md: C filemq's client writes a chunk into whatever file is open. (h): an offset of 2^62 did no harm.
// What does not fit is never delivered, and what fits afterwards is. Credit comes back for all of it.
func TestChunksThatDoNotFit(t *testing.T) {
	ten := []byte("0123456789")
	for what, send := range map[string]func(f *fake){
		"no beginning": func(f *fake) { f.chunk("/x", 10, ten, 0); f.chunk("/x", 20, nil, 1) },
		"a gap":        func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", 20, ten, 0); f.chunk("/x", 30, nil, 1) },
		"backwards":    func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", 5, ten, 0); f.chunk("/x", 15, nil, 1) },
		"late again": func(f *fake) {
			f.chunk("/x", 0, ten, 0)
			f.chunk("/x", 20, ten, 0)
			f.chunk("/x", 10, ten, 0)
			f.chunk("/x", 20, nil, 1)
		},
		"offset 2^62": func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", 1<<62, ten, 0); f.chunk("/x", 1<<62+10, nil, 1) },
		"only 2^62":   func(f *fake) { f.chunk("/x", 1<<62, ten, 1) },
		"past 2^63":   func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", math.MaxInt64-5, ten, 1) },
		"offset -1":   func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", -1, ten, 1); f.chunk("/x", -11, ten, 1) },
		"beyond SIZE": func(f *fake) {
			f.chunk("/x", 0, ten, 0, "SIZE", "15")
			f.chunk("/x", 10, ten, 0)
			f.chunk("/x", 20, nil, 1)
		},
		"an end before SIZE": func(f *fake) {
			f.chunk("/x", 0, ten, 0, "SIZE", "20")
			f.chunk("/x", 10, nil, 1)
		},
		"eof before SIZE": func(f *fake) {
			f.chunk("/x", 0, ten, 1, "SIZE", "20")
			f.chunk("/x", 10, ten, 0)
			f.chunk("/x", 20, nil, 1)
		},
		"another file between": func(f *fake) {
			f.chunk("/x", 0, ten, 0)
			f.chunk("/y", 0, ten, 0)
			f.chunk("/x", 10, ten, 0)
			f.chunk("/x", 20, nil, 1)
		},
		"a delete between": func(f *fake) { f.chunk("/x", 0, ten, 0); f.remove("/x"); f.chunk("/x", 10, nil, 1) },
		"a wrong digest":   func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", 10, nil, 1, "SHA1", strings.Repeat("0", 40)) },
		"no such operation": func(f *fake) {
			f.say(fmq.Message{ID: fmq.IDCheezburger, Operation: 3, Filename: []byte("/x"), Chunk: ten, Eof: 1})
			f.sent += 10
		},
		"operation 0": func(f *fake) {
			f.say(fmq.Message{ID: fmq.IDCheezburger, Filename: []byte("/x"), Chunk: ten, Eof: 1})
			f.sent += 10
		},
	} {
		t.Run(what, func(t *testing.T) {
			f, c := begin(t, "/", Subscription{})
			send(f)
			f.file("/good", "good")
			e := news(t, c)
			for ; e.Type == Refused; e = news(t, c) {
				if e.Path != "/x" && e.Path != "/y" {
					t.Errorf("got %+v", e)
				}
			}
			if e.Type != Deliver || e.Path != "/good" {
				t.Errorf("got %+v", e)
			}
			f.file("/x", "at last")
			delivered(t, c, "/x", "at last")
			settle(t, f)
			if got := files(t, c.dir); len(got) != 2 {
				t.Errorf("there is %v", got)
			}
		})
	}
}

// A file that grows beyond what was said is given up at once, not at its end.
func TestBeyondSize(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	f.chunk("/x", 0, []byte("01234"), 0, "SIZE", "8")
	f.chunk("/x", 5, []byte("56789"), 0)
	if e := next(t, c, Refused); !errors.Is(e.Cause, ErrOutOfOrder) {
		t.Errorf("got %+v", e)
	}
}

// Whoever did not say what it has is sent whole files: a file that begins elsewhere is none. Nor is one beyond all bounds, whoever asked.
func TestFirstChunkElsewhere(t *testing.T) {
	for _, resync := range []bool{false, true} {
		f, c := begin(t, "/", Subscription{Resync: resync})
		f.file("/x", "0123")
		delivered(t, c, "/x", "0123")
		if !resync {
			f.chunk("/x", 4, []byte("45"), 1)
		}
		f.chunk("/y", math.MinInt64, []byte("y"), 1)
		f.file("/z", "z")
		delivered(t, c, "/z", "z")
		if n := c.Stats().Discarded; n == 0 {
			t.Errorf("%d chunks are discarded", n)
		}
		settle(t, f) // and nothing was asked for again
		if got := files(t, c.dir); got["x"] != "0123" || len(got) != 2 {
			t.Errorf("there is %v", got)
		}
	}
}

// What fits is delivered, however odd. files.md: for C filemq's client only an empty chunk is an end, eof is not looked at.
func TestChunksThatFit(t *testing.T) {
	ten := []byte("0123456789")
	for what, send := range map[string]func(f *fake){
		"an empty end":             func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", 10, nil, 1) },
		"an empty end without eof": func(f *fake) { f.chunk("/x", 0, ten, 0); f.chunk("/x", 10, nil, 0) },
		"eof with content":         func(f *fake) { f.chunk("/x", 0, ten, 1) },
		"eof twice":                func(f *fake) { f.chunk("/x", 0, ten, 1); f.chunk("/x", 10, nil, 1) },
		"eof is 255":               func(f *fake) { f.chunk("/x", 0, ten, 255) },
		"begun anew":               func(f *fake) { f.chunk("/x", 0, []byte("abc"), 0); f.chunk("/x", 0, ten, 0); f.chunk("/x", 10, nil, 1) },
		"wrong headers": func(f *fake) {
			f.chunk("/x", 0, ten, 0, "SIZE", "-1", "MODE", "9", "MTIME", "now")
			f.chunk("/x", 10, nil, 1, "SHA1", "x")
		},
		"two of a header": func(f *fake) { f.chunk("/x", 0, ten, 0, "SIZE", "10", "SIZE", "5"); f.chunk("/x", 10, nil, 1) },
		"the digest in small letters": func(f *fake) {
			f.chunk("/x", 0, ten, 0)
			f.chunk("/x", 10, nil, 1, "SHA1", "87acec17cd9dcd20a716cc2cf67417b71c8a7016")
		},
		"an unknown header": func(f *fake) { f.chunk("/x", 0, ten, 1, "COLOUR", "red") },
		"sequence is constant": func(f *fake) {
			f.chunk("/x", 0, ten[:5], 0)
			f.sequence = 0
			f.chunk("/x", 5, ten[5:], 1)
		},
	} {
		t.Run(what, func(t *testing.T) {
			f, c := begin(t, "/", Subscription{Resync: true})
			send(f)
			delivered(t, c, "/x", "0123456789")
			f.file("/good", "good")
			delivered(t, c, "/good", "good")
			settle(t, f)
		})
	}
}

// Empty files, many levels, odd names, and a shorter successor of which no old tail remains (files.md: C filemq leaves it).
func TestFilesOfAllKinds(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	for _, x := range [][2]string{
		{"/empty", ""}, {"/a b/%s/ü\n", "odd"}, {"/\xff\xfe", "not UTF-8"}, {"/.hidden", "hidden"}, {"/" + strings.Repeat("x", 255), "long"},
		{strings.Repeat("/20", 20), "deep"}, {"/short", pattern(1000)}, {"/short", "0123456789"}, {"/short", ""}, {"/empty", "full"},
	} {
		f.file(x[0], x[1])
		if e := delivered(t, c, x[0], x[1]); e.Name != x[0][1:] {
			t.Errorf("the name is %q", e.Name)
		}
	}
	settle(t, f)
}

// The longest path says the name; a path may be that of one file.
func TestOverlappingPaths(t *testing.T) {
	f := serve(t, "")
	c := start(t, nil, f)
	for _, path := range []string{"/a", "/a/b/", "/one/file.txt"} {
		subscribe(t, c, path, Subscription{})
	}
	f.letIn()
	for _, want := range []string{"/a", "/a/b", "/one/file.txt"} {
		if s := f.confirm(); string(s.Path) != want {
			t.Errorf("the client asks for %q, want %q", s.Path, want)
		}
	}
	f.await(fmq.IDNom)
	next(t, c, Connected)
	for path, want := range map[string]string{"/a/x": "x", "/a/b/y": "y", "/a/bc/z": "bc/z", "/one/file.txt": "file.txt", "/a/b": "b"} {
		f.file(path, path)
		if e := delivered(t, c, path, path); e.Name != want {
			t.Errorf("%s is %q", path, e.Name)
		}
	}
}

// files.md (h): a frame that is no message is discarded, what it may have been a part of is not delivered, and the next file is (C filemq's client
// takes none any more).
func TestMalformedFrames(t *testing.T) {
	whole, err := (&fmq.Message{ID: fmq.IDCheezburger, Operation: 1, Filename: []byte("/x"), Offset: 4, Eof: 1, Chunk: []byte("more")}).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, frames := range map[string][][]byte{
		"cut":                 {whole[:len(whole)-2]},
		"cut in a length":     {whole[:17]},
		"no id":               {whole[:2]},
		"too long":            {append(bytes.Clone(whole), 0)},
		"a frame too many":    {whole, nil},
		"an unknown id":       {{0xAA, 0xA3, 99}},
		"ours":                {{0xAA, 0xA3, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
		"of another protocol": {{0xAA, 0xA1, 8}},
		"empty":               {{}},
		"a huge length":       {append(bytes.Clone(whole[:12]), 0xff, 0xff, 0xff, 0xff)},
		"NUL in the name":     {bytes.Replace(whole, []byte("/x"), []byte{'/', 0}, 1)},
	} {
		t.Run(what, func(t *testing.T) {
			f, c := begin(t, "/", Subscription{})
			f.chunk("/x", 0, []byte("some"), 0)
			f.frames(frames...)
			f.chunk("/x", 4, []byte("rest"), 1)
			f.file("/good", "good")
			e := news(t, c)
			if what != "ours" && what != "of another protocol" && what != "empty" {
				if e.Type != Refused || e.Path != "/x" || !errors.Is(e.Cause, ErrGarbled) {
					t.Errorf("got %+v", e)
				}
				e = news(t, c)
			} else if e.Path == "/x" { // nothing was lost
				e = news(t, c)
			}
			if e.Type != Deliver || e.Path != "/good" {
				t.Errorf("got %+v", e)
			}
		})
	}
}

// files.md (b): C filemq's server says the same thing hundreds of thousands of times when credit is short; its client leaks a hash for each.
func TestRepeatedChunks(t *testing.T) {
	before := heap()
	f, c := begin(t, "/", Subscription{})
	content := pattern(4096)
	for i, part := range []string{content[:2048], content[2048:]} {
		for n := range 50_000 {
			f.sequence = uint64(i) + 1
			f.chunk("/x", int64(i)*2048, []byte(part), 0)
			if n > 0 {
				f.sent -= uint64(len(part)) // a repetition costs no credit, and gives none
			}
		}
	}
	f.sequence = 3
	f.chunk("/x", 4096, nil, 1)
	for range 1000 {
		f.sequence = 3
		f.chunk("/x", 4096, nil, 1)
	}
	delivered(t, c, "/x", content)
	f.file("/y", "another")
	delivered(t, c, "/y", "another")
	if grown := heap() - before; grown > 50<<20 {
		t.Errorf("the heap has grown by %d MB", grown>>20)
	}
	if s := c.Stats(); s.Files != 2 || s.Octets != 4096+7 {
		t.Errorf("stats are %+v", s)
	}
}

// A server that sends much more than it may is left, and asked again later.
func TestServerWithoutRestraint(t *testing.T) {
	f := serve(t, "")
	box, c := startFaulty(t, f)
	box.fault.Store(&fault{op: "write", err: syscall.ENOSPC}) // or credit comes back while it sends
	part := make([]byte, 1_000_000)
	for i := range int64(10) {
		f.chunk("/x", i*int64(len(part)), part, 0)
	}
	next(t, c, Blocked)
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrMisbehaved) {
		t.Errorf("got %v", e.Cause)
	}
	box.fault.Store(nil)
	for s := (said{}); s.ID != fmq.IDKthxbai; {
		s = <-f.heard
	}
	f.open()
	next(t, c, Connected)
	f.file("/good", "good")
	delivered(t, c, "/good", "good")
}

// Whoever subscribes with nonsense is told so.
func TestInvalidPaths(t *testing.T) {
	c := start(t, nil)
	for _, path := range []string{"", "x", "//", "/a//b", "/a/../b", "/.", "/a\x00b", "/a//", "/" + strings.Repeat("x", maxPath)} {
		if err := c.Subscribe(t.Context(), path, Subscription{}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.20q: got %v", path, err)
		}
	}
	for _, endpoint := range []string{"", "localhost", "tcp://", "udp://1.2.3.4:5"} {
		if err := c.Connect(endpoint); err == nil {
			t.Errorf("%q is taken for an endpoint", endpoint)
		}
	}
	for what, change := range map[string]func(*ClientConfig){
		"Inbox":     func(c *ClientConfig) { c.Inbox = "" },
		"Window":    func(c *ClientConfig) { c.Window = 999_999 },
		"Heartbeat": func(c *ClientConfig) { c.Heartbeat = -1 },
		"Expired":   func(c *ClientConfig) { c.Expired = 2 * c.Heartbeat },
		"Queue":     func(c *ClientConfig) { c.Queue = -1 },
		"Password":  func(c *ClientConfig) { c.Password = "secret" },
	} {
		cfg := ClientConfig{Inbox: t.TempDir(), Heartbeat: 1e9}
		change(&cfg)
		if _, err := Dial(t.Context(), cfg); !errors.Is(err, ErrInvalid) || !strings.Contains(fmt.Sprint(err), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
