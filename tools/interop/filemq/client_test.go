package filemq

import (
	"bytes"
	"crypto/sha1"
	"os"
	"path/filepath"
	"testing"
	"time"

	fmq "github.com/zeromq/gozyre/libfmq"
)

// silence is after what our client takes a server for dead where the transport does not tell it.
const silence = 4 * time.Second

// dealer is our client with its inbox.
type dealer struct {
	t *testing.T
	*fmq.Client
	inbox string
}

// dial starts our client and subscribes; cfg may be nil.
func dial(t *testing.T, endpoint string, cfg *fmq.ClientConfig, opt fmq.Subscription, paths ...string) *dealer {
	t.Helper()
	if cfg == nil {
		cfg = &fmq.ClientConfig{Heartbeat: 100 * time.Millisecond, Expired: silence}
	}
	cfg.Transport = transport
	if cfg.Inbox == "" {
		cfg.Inbox = t.TempDir()
	}
	c, err := fmq.Dial(t.Context(), *cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	for _, path := range paths {
		if err := c.Subscribe(t.Context(), path, opt); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Connect(endpoint); err != nil {
		t.Fatal(err)
	}
	return &dealer{t, c, cfg.Inbox}
}

// next is the next event that is no Progress.
func (d *dealer) next() fmq.Event {
	d.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case e, ok := <-d.Events():
			if !ok {
				d.t.Fatalf("our client has ended: %v", d.Err())
			}
			if e.Type != fmq.Progress {
				return e
			}
		case <-timer.C:
			d.t.Fatal("our client tells nothing")
		}
	}
}

func (d *dealer) expect(kind fmq.EventType) fmq.Event {
	d.t.Helper()
	e := d.next()
	if e.Type != kind {
		d.t.Fatalf("got %s of %q (%v), want %s", e.Type, e.Path, e.Cause, kind)
	}
	return e
}

// delivered waits for a file and compares it, the event's digest and the disk.
func (d *dealer) delivered(path, name, content string) {
	d.t.Helper()
	e := d.expect(fmq.Deliver)
	sum := sha1.Sum([]byte(content))
	if e.Path != path || e.Name != name || e.Size != int64(len(content)) || !bytes.Equal(e.Digest, sum[:]) {
		d.t.Fatalf("got %q as %q of %d octets, want %q as %q of %d", e.Path, e.Name, e.Size, path, name, len(content))
	}
	d.holds(name, content)
}

func (d *dealer) holds(name, content string) {
	d.t.Helper()
	if b, err := os.ReadFile(filepath.Join(d.inbox, name)); err != nil || string(b) != content {
		d.t.Fatalf("%q holds %d octets, want %d (%v)", name, len(b), len(content), err)
	}
}

func (d *dealer) deleted(path, name string) {
	d.t.Helper()
	if e := d.expect(fmq.Delete); e.Path != path || e.Name != name {
		d.t.Fatalf("got %q as %q, want %q", e.Path, e.Name, path)
	}
	if _, err := os.Stat(filepath.Join(d.inbox, name)); !os.IsNotExist(err) {
		d.t.Errorf("%q is there still (%v)", name, err)
	}
}

// until waits for a file with that content, whatever comes before of which nothing lasts.
func (d *dealer) until(path, content string) {
	d.t.Helper()
	sum := sha1.Sum([]byte(content))
	for {
		switch e := d.next(); e.Type {
		case fmq.Deliver:
			if e.Path == path && bytes.Equal(e.Digest, sum[:]) {
				return
			}
		case fmq.Lost, fmq.Denied:
			d.t.Fatalf("%s: %v", e.Type, e.Cause)
		}
	}
}

// host is a C server with its folder.
func host(t *testing.T, endpoint, dir string, options ...string) *peer {
	t.Helper()
	return run(t, "server.py", append([]string{endpoint, dir, "/"}, options...)...)
}

const anyPort = "tcp://127.0.0.1:*"

func TestCServerSends(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, nil, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	for _, f := range []struct{ name, content string }{
		{"new", "hello"}, {"a/b/c/deep", "below folders"}, {"empty", ""}, {"new", "hello, and this is longer"}, {"empty", "not any more"}, {"new", "short"},
		{"with blanks, %s and \n", "odd"}, {"exactly a chunk", pattern(1_000_000, 1)},
	} {
		put(t, dir, f.name, f.content)
		c.delivered("/"+f.name, f.name, f.content)
	}
	remove(t, dir, "new")
	c.deleted("/new", "new")
	remove(t, dir, "a/b/c/deep")
	c.deleted("/a/b/c/deep", "a/b/c/deep")
	put(t, dir, "new", "here again")
	c.delivered("/new", "new", "here again")
	c.Close()
	h.expect("KTHXBAI")
}

// open waits until our client has said OHAI and subscribed.
func (p *peer) open(paths ...string) {
	p.t.Helper()
	if e := p.expect("OHAI"); e.Text != "start" {
		p.t.Fatalf("got %+v", e)
	}
	for _, path := range paths {
		if e := p.expect("ICANHAZ"); e.Name != path || e.Text != "ready" {
			p.t.Fatalf("got %+v, want %s", e, path)
		}
	}
}

// Files larger than the window come in chunks of a million octets, for which the server waits until there is no credit at all. With any other
// rest than none it would repeat itself for ever, so it must never have one.
func TestCServerSendsBigFiles(t *testing.T) {
	for _, window := range []int64{1_000_000, 4_000_000} {
		sendsBigFiles(t, window, window)
	}
}

// sendsBigFiles is that with a window in the configuration, and the one that the server sees.
func sendsBigFiles(t *testing.T, window, credit int64) {
	t.Helper()
	dir := t.TempDir()
	h := host(t, anyPort, dir, "livelock", "1")
	c := dial(t, h.addr, &fmq.ClientConfig{Window: window}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	for i, size := range []int{23_456_789, 10, 5_000_000, 4_000_001, 0, 6_000_000} {
		put(t, dir, "f", pattern(size, i))
		c.delivered("/f", "f", pattern(size, i))
		for e := h.next(); e.Type != "FINISHED" || e.Size != credit; e = h.next() { // until all credit is back
			if e.Type == "LIVELOCK" {
				t.Fatalf("window %d, file of %d: the server repeats itself", window, size)
			}
		}
	}
}

// It does not know RESYNC, SYNC and MIRROR, nor what we list: what is there stays unsent, and what we hold stays.
func TestCServerIgnoresOptions(t *testing.T) {
	for name, opt := range map[string]fmq.Subscription{"resync": {Resync: true}, "mirror": {Mirror: true}} {
		t.Run(name, func(t *testing.T) {
			dir, inbox := t.TempDir(), t.TempDir()
			put(t, dir, "old", "was there before")
			put(t, inbox, "mine", "the server does not have it")
			put(t, inbox, "both", "of the client")
			put(t, dir, "both", "of the server")
			h := host(t, anyPort, dir)
			c := dial(t, h.addr, &fmq.ClientConfig{Inbox: inbox}, opt, "/")
			c.expect(fmq.Connected)
			h.open("/")
			put(t, dir, "new", "came later")
			c.delivered("/new", "new", "came later")
			c.holds("mine", "the server does not have it")
			c.holds("both", "of the client")
			remove(t, dir, "new")
			c.deleted("/new", "new")
		})
	}
}

// Every subscription stands before the first credit, and later ones come when the server is idle.
func TestCServerGetsSubscriptionsFirst(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, nil, fmq.Subscription{}, "/a", "/b", "/c")
	c.expect(fmq.Connected)
	h.open("/a", "/b", "/c")
	put(t, dir, "a/f", "one")
	c.delivered("/a/f", "f", "one")
	put(t, dir, "c/g", "two")
	c.delivered("/c/g", "g", "two")
	if err := c.Subscribe(t.Context(), "/d", fmq.Subscription{}); err != nil {
		t.Fatal(err)
	}
	if e := h.expect("ICANHAZ"); e.Name != "/d" || e.Text != "ready" {
		t.Fatalf("got %+v", e)
	}
	put(t, dir, "d/h", "three")
	c.delivered("/d/h", "h", "three")
}

// It sends everything that changes in its folder, whatever the subscription's path is. What is not ours costs no credit for ever.
func TestCServerSendsWhatWasNotAskedFor(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, nil, fmq.Subscription{}, "/photos")
	c.expect(fmq.Connected)
	h.open("/photos")
	for i := range 3 { // each as large as the window
		put(t, dir, "other", pattern(4_000_000, i))
		if e := c.expect(fmq.Refused); e.Path != "/other" {
			t.Fatalf("got %+v", e)
		}
		h.expect("FINISHED")
	}
	put(t, dir, "photos/a", "ours")
	for {
		e := c.next()
		if e.Type == fmq.Deliver && e.Name == "a" {
			break
		}
		if e.Type != fmq.Refused {
			t.Fatalf("got %s of %q", e.Type, e.Path)
		}
	}
	c.holds("a", "ours")
	if _, err := os.Stat(filepath.Join(c.inbox, "other")); !os.IsNotExist(err) {
		t.Errorf("what was not asked for is here (%v)", err)
	}
}

// It knows no SASL and lets everybody in.
func TestCServerWantsNoLogin(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, &fmq.ClientConfig{Login: "alice", Password: "secret"}, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "f", "hello")
	c.delivered("/f", "f", "hello")
}

// It says nothing by itself and forgets who is silent: we ask whether it is there, and it answers.
func TestCServerHearsThatWeAreThere(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir, "timeout", "2000")
	c := dial(t, h.addr, &fmq.ClientConfig{Heartbeat: 100 * time.Millisecond}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	for range 25 { // 2.5 seconds
		if e := h.next(); e.Type != "HUGZ" && e.Type != "FINISHED" {
			t.Fatalf("got %+v", e)
		}
	}
	put(t, dir, "f", "both are there")
	c.delivered("/f", "f", "both are there")
}

func TestCServerDiesAndComesBack(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	h := host(t, at, dir)
	c := dial(t, at, nil, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "f", "before")
	c.delivered("/f", "f", "before")
	for i := range 2 {
		h.kill()
		c.expect(fmq.Lost)
		h = host(t, at, dir)
		c.expect(fmq.Connected)
		h.open("/")
		after := pattern(2_500_000, i)
		put(t, dir, "g", after)
		c.delivered("/g", "g", after)
	}
}

// A new server is there before our client has missed the old one: it takes us for a stranger and says RTFM to whatever comes first.
func TestCServerIsReplacedAtOnce(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	h := host(t, at, dir)
	c := dial(t, at, nil, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	h.kill()
	h = host(t, at, dir)
	c.expect(fmq.Lost)
	c.expect(fmq.Connected)
	put(t, dir, "f", "after")
	c.delivered("/f", "f", "after")
}

// It dies in the middle of a big file. The half is not delivered; the new server sends the file when it changes.
func TestCServerDiesWhileItSends(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	h := host(t, at, dir)
	c := dial(t, at, nil, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "big", pattern(200_000_000, 0))
	for e := range c.Events() { // the first part of it
		if e.Type == fmq.Progress {
			break
		}
	}
	h.kill()
	c.expect(fmq.Lost)
	if _, err := os.Stat(filepath.Join(c.inbox, "big")); !os.IsNotExist(err) {
		t.Errorf("a half is here (%v)", err)
	}
	h = host(t, at, dir)
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "big", pattern(3_000_000, 1))
	c.delivered("/big", "big", pattern(3_000_000, 1))
}

// While the credit is too short for what comes next, the server says again what its message object holds: half of it is of the last message, half
// of the next file. C filemq does so for ever; this one then reads our credit and goes on.
func TestCServerRepeatsItself(t *testing.T) {
	for name, c := range map[string]struct {
		livelock string
		before   func(t *testing.T, dir string)
		last     string // which file comes last
		size     int
	}{
		// Again and again comes the empty end of the file before, under the name of the next one.
		"small files": {"10000", func(t *testing.T, dir string) { putMany(t, dir, "many", 1300, 4096) }, "zlast", 4096},
		// Of files without content that is the beginning and end of an empty file.
		"empty file": {"10000", func(t *testing.T, dir string) {
			putMany(t, dir, "many", 976, 4096)
			put(t, dir, "nothing", "")
		}, "zlast", 4096},
		// The last chunk of the same file.
		"big file": {"100", func(t *testing.T, dir string) { put(t, dir, "a", "small") }, "big", 6_000_001},
		// The end of another file.
		"big files": {"10000", func(t *testing.T, dir string) { put(t, dir, "a", pattern(6_000_001, 1)) }, "big", 6_000_001},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			h := host(t, anyPort, dir, "livelock", c.livelock)
			ours := dial(t, h.addr, nil, fmq.Subscription{}, "/")
			ours.expect(fmq.Connected)
			h.open("/")
			all := t.TempDir()
			c.before(t, all)
			put(t, all, c.last, pattern(c.size, 2))
			if err := os.Rename(all, dir+"/x"); err != nil { // the server finds all at once
				t.Fatal(err)
			}
			h.expect("LIVELOCK")
			ours.until("/x/"+c.last, pattern(c.size, 2))
			same(t, dir, ours.inbox)
		})
	}
}

// A delete is repeated under the name of a file that is there.
func TestCServerRepeatsADelete(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "b", "")
	h := host(t, anyPort, dir, "livelock", "10000")
	c := dial(t, h.addr, &fmq.ClientConfig{Window: 1_000_000}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "z", "the first one")
	c.delivered("/z", "z", "the first one")
	all := t.TempDir()
	put(t, all, "a", "it takes a part of the credit")
	put(t, all, "c", pattern(1_000_000, 0))
	for _, err := range []error{os.Rename(dir, dir+"-old"), os.Rename(all, dir)} { // b and z are gone, a and c are there
		if err != nil {
			t.Fatal(err)
		}
	}
	h.expect("LIVELOCK")
	c.until("/c", pattern(1_000_000, 0))
	if _, err := os.Stat(filepath.Join(c.inbox, "b")); !os.IsNotExist(err) {
		t.Errorf("b is here (%v)", err)
	}
}

// same compares two folders, ours without .filemq.
func same(t *testing.T, theirs, ours string) {
	t.Helper()
	read := func(dir string) map[string][20]byte {
		files := map[string][20]byte{}
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				if d != nil && d.Name() == ".filemq" {
					return filepath.SkipDir
				}
				return err
			}
			b, err := os.ReadFile(path)
			files[path[len(dir):]] = sha1.Sum(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	a, b := read(theirs), read(ours)
	for name, sum := range a {
		if b[name] != sum {
			t.Errorf("%s is missing or has other content", name)
		}
	}
	if len(a) != len(b) {
		t.Errorf("there are %d files, want %d", len(b), len(a))
	}
}
