package fmq

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
)

// brokenOff is the offset of an empty chunk that tells plain clients to close a file that has no end.
const brokenOff = math.MaxInt64

// resume is an entry of RESUME for the first size octets of content.
func resume(name, content string, size int) string {
	return fmt.Sprintf("%d %X %s\x00", size, sha1.Sum([]byte(content[:size])), name)
}

func options(entries ...string) []wire.Pair {
	return []wire.Pair{resync, {Key: []byte("SYNC"), Value: []byte("1")}, {Key: []byte("RESUME"), Value: []byte(strings.Join(entries, ""))}}
}

// files.md: C filemq's server says the end of what it began, and sends nothing more, when a file is appended to in
// flight; a read that fails aborts it.
func TestFileChangedWhileBeingSentIsNeverDeliveredMixed(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, file string){
		"overwritten": func(t *testing.T, file string) {
			if err := os.WriteFile(file, bytes.Repeat([]byte("new "), 500_000), 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"truncated": func(t *testing.T, file string) {
			if err := os.Truncate(file, 1000); err != nil {
				t.Fatal(err)
			}
		},
		"appended": func(t *testing.T, file string) {
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteString(strings.Repeat("new ", 75_000)); err != nil {
				t.Fatal(err)
			}
		},
		"replaced": func(t *testing.T, file string) {
			if err := os.WriteFile(file+".x", bytes.Repeat([]byte("new "), 250_000), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(file+".x", file); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := put(t, dir, "f", strings.Repeat("old ", 250_000))
			s := listen(t, ServerConfig{}, dir)
			c := newRaw(t, s.Endpoint())
			c.open("/", resync)
			c.credit(300_000) // a part of it
			for got := 0; got < 300_000; {
				got += len(c.expect(fmq.IDCheezburger).Chunk)
			}
			change(t, file)
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c.credit(100_000_000)
			var content []byte
			for {
				m := c.expect(fmq.IDCheezburger)
				if m.Operation == fmq.OperationDelete || m.Offset == brokenOff {
					continue
				}
				if m.Offset == 0 {
					content = nil
				}
				content = append(content, m.Chunk...)
				if m.Eof == 1 {
					break
				}
			}
			if !bytes.Equal(content, want) {
				t.Errorf("delivered %d octets that begin with %.8q: neither the old file nor the new one of %d", len(content), content, len(want))
			}
		})
	}
}

func TestFileDeletedWhileBeingSent(t *testing.T) {
	dir := t.TempDir()
	file := put(t, dir, "f", strings.Repeat("old ", 250_000))
	put(t, dir, "g", "next")
	c := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
	c.open("/", resync)
	c.credit(300_000)
	for got := 0; got < 300_000; {
		got += len(c.expect(fmq.IDCheezburger).Chunk)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	c.credit(100_000_000)
	for deleted, next, told := false, false, false; !deleted || !next || !told; {
		m := c.expect(fmq.IDCheezburger)
		switch name := string(m.Filename); {
		case name == "/f" && m.Eof == 1 && m.Offset == brokenOff:
			told = true
		case name == "/f" && m.Eof == 1:
			t.Fatal("the end of a deleted file was sent")
		case name == "/f" && m.Operation == fmq.OperationDelete:
			deleted = true
		case name == "/g" && m.Eof == 1:
			next = true
		}
	}
}

func TestResume(t *testing.T) {
	content := strings.Repeat("0123456789", 100_000)
	for name, c := range map[string]struct {
		entry  string
		offset uint64 // of the first chunk
		none   bool   // nothing is sent
	}{
		"half":          {entry: resume("f", content, 500_000), offset: 500_000},
		"whole":         {entry: resume("f", content, len(content)), none: true},
		"nothing":       {entry: resume("f", content, 0)},
		"other content": {entry: resume("f", strings.ToUpper(strings.Repeat("abcdefghij", 100_000)), 500_000)},
		"longer":        {entry: resume("f", content+content, 1_500_000)},
		"other name":    {entry: resume("g", content, 500_000)},
		"first counts":  {entry: resume("f", content, 400_000) + resume("f", content, 500_000), offset: 400_000},
		"nonsense":      {entry: "12 abc f\x00" + resume("f", content, 500_000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, "f", content)
			r := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
			r.open("/", options(c.entry)...)
			r.credit(10_000_000)
			m := r.expect(fmq.IDCheezburger)
			if c.none {
				if string(m.Filename) != "/" || len(m.Headers) != 1 || string(m.Headers[0].Key) != "SYNCED" {
					t.Fatalf("got %s of %d octets at %d", m.Filename, len(m.Chunk), m.Offset)
				}
				return
			}
			if m.Offset != c.offset {
				t.Fatalf("got offset %d", m.Offset)
			}
			got := content[:c.offset] + string(m.Chunk)
			for m.Eof == 0 {
				m = r.expect(fmq.IDCheezburger)
				got += string(m.Chunk)
			}
			if got != content {
				t.Error("what comes does not fit to what was here")
			}
			if digest := headerOf(m, "SHA1"); digest != fmt.Sprintf("%X", sha1.Sum([]byte(content))) {
				t.Errorf("got digest %s", digest)
			}
		})
	}
}

func headerOf(m *fmq.Message, key string) string {
	for _, h := range m.Headers {
		if string(h.Key) == key {
			return string(h.Value)
		}
	}
	return ""
}

// A broken transfer is taken up again: what the client has is not digested from the beginning, but from the last milestone on.
func TestResumeAtMilestones(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how much a process has read")
	}
	content := strings.Repeat("0123456789abcdef", 2<<20) // 32 MB
	dir := t.TempDir()
	put(t, dir, "f", content)
	s := listen(t, ServerConfig{}, dir)
	for _, have := range []int{0, milestoneOctets - 1, milestoneOctets, 2*milestoneOctets + 5, len(content) - 1} {
		r := newRaw(t, s.Endpoint())
		before := octetsRead(t)
		r.open("/", options(resume("f", content, have))...)
		r.credit(1)
		m := r.expect(fmq.IDCheezburger)
		if m.Offset != uint64(have) {
			t.Fatalf("who has %d is sent from %d on", have, m.Offset)
		}
		if read := octetsRead(t) - before; read > have%milestoneOctets+500_000 {
			t.Errorf("who has %d costs reading %d", have, read)
		}
		r.credit(math.MaxUint64)
		for m.Eof == 0 {
			m = r.expect(fmq.IDCheezburger)
		}
		if digest := headerOf(m, "SHA1"); digest != fmt.Sprintf("%X", sha1.Sum([]byte(content))) {
			t.Errorf("from %d on: got digest %s", have, digest)
		}
	}
}

func TestHeadersTellSizeTimeAndMode(t *testing.T) {
	dir := t.TempDir()
	file := put(t, dir, "f", "hello")
	at := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
	os.Chtimes(file, at, at)
	os.Chmod(file, 0o751)
	c := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
	c.open("/", resync)
	c.credit(1000)
	m := c.expect(fmq.IDCheezburger)
	if size, mtime, mode := headerOf(m, "SIZE"), headerOf(m, "MTIME"), headerOf(m, "MODE"); size != "5" || mtime != "2001-02-03T04:05:06.000000007Z" || mode != "751" {
		t.Errorf("got SIZE=%s MTIME=%s MODE=%s", size, mtime, mode)
	}
}

// files.md (f): while the one thread of C filemq's server computes a digest it answers nobody, and a file that takes over 4.5 seconds never arrives.
func TestHeartbeatsGoOnWhileDigestsAreComputed(t *testing.T) {
	dir := t.TempDir()
	sparse(t, dir, "big", 4<<30) // sparse: it takes seconds to digest
	s := listen(t, ServerConfig{}, dir)
	c := newRaw(t, s.Endpoint())
	c.open("/", options(fmt.Sprintf("%d %040X big\x00", int64(4<<30)-1, 1))...)
	c.credit(1000)
	for range 50 {
		c.say(fmq.Message{ID: fmq.IDHugz})
		c.expect(fmq.IDHugzOK) // not CHEEZBURGER: the digest of what it has is still being computed
	}
	c.say(fmq.Message{ID: fmq.IDKthxbai})
}

// files.md (h): one such frame, and C filemq's server serves nobody again.
func TestMalformedFramesDoNotStopTheServer(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", "hello")
	s := listen(t, ServerConfig{}, dir)
	bad := newRaw(t, s.Endpoint())
	for _, frames := range [][][]byte{
		{{0xAA, 0xA3}}, {{1, 2, 3, 4}}, {{0xAA, 0xA3, 1, 6, 'F'}}, {{}}, {{0xAA, 0xA3, 200}}, {{0xAA, 0xA3, 5, 255, 255, 255, 255}}, {{0xAA, 0xA3, 1}, {}},
		{bytes.Repeat([]byte{0xAA, 0xA3}, 1000)}, {{0xAA, 0xA3, 3}},
	} {
		bad.octets(frames...)
	}
	c := newRaw(t, s.Endpoint())
	c.open("/", resync)
	c.credit(1000)
	if name, content := c.file(); name != "/f" || string(content) != "hello" {
		t.Fatalf("got %s %q", name, content)
	}
	bad.expect(fmq.IDRtfm)
	if s.Stats().Malformed == 0 {
		t.Error("nothing was counted")
	}
}

// What is retracted is neither sent nor deleted any more, even if it was to be.
func TestRetractedFilesAreNotDeleted(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	put(t, a, "f", "hello")
	gone := put(t, b, "gone", "world")
	s := listen(t, ServerConfig{}, a)
	c, other := newRaw(t, s.Endpoint()), newRaw(t, s.Endpoint())
	c.open("/")
	other.open("/")
	other.credit(1000)
	if err := s.Publish(Publish{Dir: b, As: "/b"}); err != nil {
		t.Fatal(err)
	}
	if name, _ := other.file(); name != "/b/gone" {
		t.Fatalf("got %s", name)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if m := other.expect(fmq.IDCheezburger); m.Operation != fmq.OperationDelete || string(m.Filename) != "/b/gone" {
		t.Fatalf("got %d of %s", m.Operation, m.Filename)
	}
	put(t, b, "new", "!")
	if name, _ := other.file(); name != "/b/new" {
		t.Fatalf("got %s", name)
	}
	if err := s.Retract("/b"); err != nil { // and for want of credit both still wait for the first client
		t.Fatal(err)
	}
	c.credit(1000)
	put(t, a, "h", "!")
	for _, c := range []*raw{c, other} {
		if name, _ := c.file(); name != "/h" {
			t.Fatalf("got %s", name)
		}
	}
	if err := s.Retract("/b"); err == nil {
		t.Error("retracted twice")
	}
}

func TestServerSaysGoodbye(t *testing.T) {
	s := listen(t, ServerConfig{}, t.TempDir())
	c := newRaw(t, s.Endpoint())
	c.open("/")
	s.Close()
	c.expect(fmq.IDKthxbai)
	if err := s.Publish(Publish{Dir: t.TempDir()}); err != ErrClosed {
		t.Errorf("got %v", err)
	}
}
