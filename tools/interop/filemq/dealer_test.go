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
