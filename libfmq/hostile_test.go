package fmq

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/server"
)

// ohai lets a client in that does not subscribe yet.
func (r *raw) ohai() {
	r.t.Helper()
	r.say(fmq.Message{ID: fmq.IDOhai})
	r.expect(fmq.IDOhaiOK)
}

func icanhaz(path string, cache []wire.Pair, options ...wire.Pair) fmq.Message {
	return fmq.Message{ID: fmq.IDIcanhaz, Path: []byte(path), Options: options, Cache: cache}
}

// heap is how much memory is in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A message of a few megabytes cost a server many gigabytes: each of the names it lists became a path as long as the subscription's.
func TestLongPathTimesManyNames(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", "x")
	s := listen(t, ServerConfig{}, dir)
	var list []byte
	for i := range 60_000 {
		list = fmt.Appendf(list, "0 %040X %d\x00", 0, i)
	}
	names := []wire.Pair{resync, {Key: []byte("MIRROR"), Value: []byte("1")}, {Key: []byte("RESUME"), Value: list}}
	for _, length := range []int{4000, 10_000} {
		c := newRaw(t, s.Endpoint())
		c.ohai()
		before := heap()
		c.say(icanhaz("/"+strings.Repeat("a", length), nil, names...))
		m := c.hear()
		if grown := heap() - before; grown > 200<<20 {
			t.Errorf("a path of %d: the heap has grown by %d MB", length, grown>>20)
		}
		if m.ID == fmq.IDIcanhazOK {
			t.Errorf("a path of %d with so many names was accepted", length)
		}
	}
	c := newRaw(t, s.Endpoint())
	c.open("/", resync)
	c.credit(1000)
	c.file()
}

// A file has become empty while a client was away that lists its old content in the cache only. The client kept the old content for ever, and the
// server took the old digest for the empty file's.
func TestEmptyFileAndCache(t *testing.T) {
	for what, m := range map[string]fmq.Message{
		"cache":  icanhaz("/", []wire.Pair{{Key: []byte("f"), Value: fmt.Appendf(nil, "%X", sha1.Sum([]byte("old content")))}}, resync),
		"RESUME": icanhaz("/", nil, options(fmt.Sprintf("0 %X f\x00", sha1.Sum([]byte("old content"))))...),
	} {
		dir := t.TempDir()
		put(t, dir, "f", "")
		s := listen(t, ServerConfig{}, dir)
		for range 2 { // the second time with what the first has left in the server's own cache
			c := newRaw(t, s.Endpoint())
			c.ohai()
			c.say(m)
			c.expect(fmq.IDIcanhazOK)
			c.credit(1000)
			m := c.expect(fmq.IDCheezburger)
			if string(m.Filename) != "/f" || m.Eof != 1 || headerOf(m, "SHA1") != fmt.Sprintf("%X", sha1.Sum(nil)) {
				t.Errorf("%s: got %s, eof %d, digest %s", what, m.Filename, m.Eof, headerOf(m, "SHA1"))
			}
		}
	}
}

var _ server.Source = (*played)(nil)

// played is a directory that is not on the disk: its files are those that it is told, and all have the content of one file.
type played struct {
	file string
	open func(*dir.File) error // why a file cannot be opened
}

func (p *played) Open(f *dir.File) (*os.File, error) {
	if p.open != nil {
		if err := p.open(f); err != nil {
			return nil, &os.PathError{Op: "open", Path: f.Name, Err: err}
		}
	}
	return os.Open(p.file)
}

func (*played) Same(*dir.File, *os.File) (bool, error) { return true, nil }

// play offers what a played directory has.
func play(s *Server, p *played, as string, size int, names ...string) {
	var content []dir.Patch
	for i, name := range names {
		content = append(content, dir.Patch{File: &dir.File{Name: name, Size: int64(size), ModTime: time.Unix(1e9, 0), Inode: uint64(i)}})
	}
	s.do(func(now time.Time) []machine.Effect { return s.core.Mount(now, p, server.Offer{As: as}, content) })
}

// 100,000 files are offered, and a client asks a thousand times for all of them. Another one had to wait for 34 seconds for an answer, while the
// server went through all files each time; later it copied all names each time.
func TestFloodOfICANHAZ(t *testing.T) {
	s := listen(t, ServerConfig{})
	names := make([]string, 100_000)
	for i := range names {
		names[i] = fmt.Sprintf("x/folder%03d/file%06d", i/1000, i)
	}
	play(s, &played{}, "/", 0, names...)
	play(s, &played{}, "/x", 0, names...)
	other, c := newRaw(t, s.Endpoint()), newRaw(t, s.Endpoint())
	other.ohai()
	c.ohai()
	for _, path := range []string{"/", "/x", "/x/x", "/x/folder050"} {
		c.say(icanhaz(path, nil, resync)) // the names are put in order
		c.expect(fmq.IDIcanhazOK)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		const flood = 1000
		for range flood {
			c.say(icanhaz(path, nil, resync))
		}
		other.say(fmq.Message{ID: fmq.IDHugz})
		other.expect(fmq.IDHugzOK)
		for range flood {
			c.expect(fmq.IDIcanhazOK)
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / flood; each > 20_000 {
			t.Errorf("%s: each time %d octets are allocated", path, each)
		}
	}
}

// 32 clients list a large file that they do not have: while the server digested it for them nobody else got anything.
func TestDigestsDoNotTakeAllTurns(t *testing.T) {
	dir := t.TempDir()
	sparse(t, dir, "big", 20<<30)
	put(t, dir, "small", "hello")
	s := listen(t, ServerConfig{}, dir)
	for range turnsAtOnce + 1 {
		c := newRaw(t, s.Endpoint())
		c.open("/", options(fmt.Sprintf("%d %040X big\x00", int64(20<<30)-1, 1))...)
		c.credit(1000)
		c.say(fmq.Message{ID: fmq.IDHugz})
		c.expect(fmq.IDHugzOK) // its turn has begun
	}
	c := newRaw(t, s.Endpoint())
	c.open("/small", resync)
	c.credit(1000)
	if name, content := c.file(); name != "/small" || string(content) != "hello" {
		t.Errorf("got %s %q", name, content)
	}
}

// A directory is retracted while its files are being sent: 199 more came behind that.
func TestRetractedWhileBeingSent(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for i := range 300 {
		put(t, b, fmt.Sprintf("%03d", i), "12")
	}
	s := listen(t, ServerConfig{}, a)
	if err := s.Publish(Publish{Dir: b, As: "/b"}); err != nil {
		t.Fatal(err)
	}
	c := newRaw(t, s.Endpoint())
	c.open("/", resync)
	c.credit(3)
	for got := 0; got < 3; { // the first file, and half of the second
		got += len(c.expect(fmq.IDCheezburger).Chunk)
	}
	if err := s.Retract("/b"); err != nil {
		t.Fatal(err)
	}
	c.credit(1000)
	put(t, a, "h", "!")
	for {
		m := c.expect(fmq.IDCheezburger)
		if string(m.Filename) == "/h" {
			break
		}
		if len(m.Chunk) > 0 || m.Offset != brokenOff { // the second one is broken off
			t.Fatalf("got %d octets of %s at %d behind Retract", len(m.Chunk), m.Filename, m.Offset)
		}
	}
}

// Publish meets Close: the directory was watched for ever. goleak sees that.
func TestPublishMeetsClose(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", "hello")
	for range 20 {
		s := listen(t, ServerConfig{})
		var publishing sync.WaitGroup
		for i := range 8 {
			publishing.Go(func() {
				for {
					if err := s.Publish(Publish{Dir: dir, As: fmt.Sprint("/", i)}); err != nil {
						if !errors.Is(err, ErrClosed) {
							t.Error(err)
						}
						return
					}
					s.Retract(fmt.Sprint("/", i)) // an error says that everything was retracted by Close
				}
			})
		}
		c := newRaw(t, s.Endpoint())
		c.open("/", resync)
		c.credit(1 << 20)
		c.expect(fmq.IDCheezburger) // they are at it
		s.Close()
		publishing.Wait()
	}
}

// A server may open no more files for a while. What it could not read meanwhile was lost for ever.
func TestFileThatCannotBeOpenedNow(t *testing.T) {
	for _, cause := range []error{syscall.EMFILE, syscall.EIO} {
		t.Run(cause.Error(), func(t *testing.T) {
			t.Parallel()
			s := listen(t, ServerConfig{})
			var tries atomic.Int32
			play(s, &played{file: put(t, t.TempDir(), "x", "hello"), open: func(f *dir.File) error {
				if f.Name == "late" && tries.Add(1) == 1 {
					return cause
				}
				return nil
			}}, "/", len("hello"), "late", "other")
			c := newRaw(t, s.Endpoint())
			c.open("/", options()...)
			c.credit(1000)
			var got []string
			for {
				m := c.expect(fmq.IDCheezburger)
				if m.Eof == 1 {
					got = append(got, string(m.Filename))
				}
				if headerOf(m, "SYNCED") == "1" {
					break
				}
			}
			if fmt.Sprint(got) != "[/other /late /]" { // nor is the resync through before it is here
				t.Errorf("got %q", got)
			}
			if st := s.Stats(); st.Sent != 2 || st.Broken != 1 {
				t.Errorf("stats are %+v", st)
			}
		})
	}
}
