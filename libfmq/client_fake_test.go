package fmq

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

// fake is a server that says what a test wants. It answers HUGZ by itself.
type fake struct {
	t        *testing.T
	sockets  zsock.Sockets
	listener zsock.Listener
	heard    chan said
	stop     chan struct{}
	stopped  chan struct{}
	mute     atomic.Bool
	hugz     atomic.Int32

	peer     []byte // who spoke last
	sequence uint64
	granted  uint64 // credit since the peering opened
	sent     uint64 // octets since then
}

// said is a message of a client; its texts are copies.
type said struct {
	peer []byte
	fmq.Message
}

// serve starts a fake at an endpoint; "" is any port on loopback.
func serve(t *testing.T, endpoint string) *fake {
	t.Helper()
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if endpoint == "" {
		endpoint = "tcp://127.0.0.1:*"
	}
	f := &fake{t: t, sockets: sockets, heard: make(chan said, 10_000), stop: make(chan struct{}), stopped: make(chan struct{})}
	f.listener, err = sockets.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint, HighWater: 1 << 20, HighWaterOctets: 1 << 30})
	if err != nil {
		sockets.Close()
		t.Fatal(err)
	}
	go f.listen()
	t.Cleanup(f.close)
	return f
}

func (f *fake) listen() {
	defer close(f.stopped)
	for {
		select {
		case <-f.stop:
			return
		case <-f.sockets.Inbox().Ready():
		}
		for _, e := range f.sockets.Inbox().Take(nil) {
			var s said
			if e.Type != zsock.Message {
				continue
			}
			if err := s.Parse(e.Frames); err != nil {
				f.t.Errorf("the client says what is no message: %v", err)
				continue
			}
			s.peer = e.Peer
			if s.ID == fmq.IDHugz {
				f.hugz.Add(1)
			}
			switch {
			case s.ID == fmq.IDHugz && !f.mute.Load():
				first, _ := (&fmq.Message{ID: fmq.IDHugzOK}).Append(nil)
				f.listener.Send(e.Peer, [][]byte{first})
			case s.ID == fmq.IDHugz:
			default:
				f.heard <- s
			}
		}
	}
}

// close ends the server without a word.
func (f *fake) close() {
	select {
	case <-f.stopped:
		return
	default:
	}
	close(f.stop)
	<-f.stopped
	f.sockets.Close()
}

func (f *fake) endpoint() string { return f.listener.Endpoint() }

// await waits for a message of the client. Credit is counted and passed over, unless it is what is waited for.
func (f *fake) await(id fmq.ID) said {
	f.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case s := <-f.heard:
			f.peer = s.peer
			if s.ID == fmq.IDNom {
				f.granted += s.Credit
			}
			if s.ID == id {
				return s
			}
			if s.ID != fmq.IDNom {
				f.t.Fatalf("the client says %s, want %s", s.ID, id)
			}
		case <-timer.C:
			f.t.Fatalf("the client does not say %s", id)
		}
	}
}

func (f *fake) say(m fmq.Message) {
	f.t.Helper()
	first, err := m.Append(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	f.frames(m.AppendRest([][]byte{first})...)
}

func (f *fake) frames(frames ...[]byte) {
	f.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		err := f.listener.Send(f.peer, frames)
		if err == nil || errors.Is(err, zsock.ErrUnknownPeer) { // it has left
			return
		}
		if !errors.Is(err, zsock.ErrFull) || time.Now().After(deadline) {
			f.t.Fatal(err)
		}
	}
}

// letIn takes OHAI.
func (f *fake) letIn() {
	f.t.Helper()
	f.await(fmq.IDOhai)
	f.sequence, f.granted, f.sent = 0, 0, 0
	f.say(fmq.Message{ID: fmq.IDOhaiOK})
}

// confirm takes an ICANHAZ.
func (f *fake) confirm() said {
	f.t.Helper()
	s := f.await(fmq.IDIcanhaz)
	f.say(fmq.Message{ID: fmq.IDIcanhazOK})
	return s
}

// open lets the client in, confirms one path and takes the first credit.
func (f *fake) open() said {
	f.t.Helper()
	f.letIn()
	s := f.confirm()
	f.await(fmq.IDNom)
	return s
}

// chunk sends a CHEEZBURGER, with the next sequence; headers are names and values in turn.
func (f *fake) chunk(name string, offset int64, content []byte, eof uint8, headers ...string) {
	f.t.Helper()
	m := fmq.Message{
		ID: fmq.IDCheezburger, Sequence: f.sequence, Operation: fmq.OperationCreate, Filename: []byte(name), Offset: uint64(offset), Eof: eof, Chunk: content,
	}
	for i := 0; i < len(headers); i += 2 {
		m.Headers = append(m.Headers, wire.Pair{Key: []byte(headers[i]), Value: []byte(headers[i+1])})
	}
	f.sequence++
	f.sent += uint64(len(content))
	f.say(m)
}

// file sends a whole file, as our server does: all of it in chunks, and an empty end with the digest.
func (f *fake) file(name, content string) {
	f.t.Helper()
	const most = 250_000
	size := strconv.Itoa(len(content))
	for at := 0; at < len(content); at += most {
		part := []byte(content[at:min(at+most, len(content))])
		for f.sent+uint64(len(part)) > f.granted {
			f.await(fmq.IDNom)
		}
		if at == 0 {
			f.chunk(name, 0, part, 0, "SIZE", size, "MTIME", "2001-02-03T04:05:06.000000007Z", "MODE", "600")
		} else {
			f.chunk(name, int64(at), part, 0)
		}
	}
	f.chunk(name, int64(len(content)), nil, 1, "SHA1", fmt.Sprintf("%X", sha1.Sum([]byte(content))))
}

func (f *fake) remove(name string) {
	f.t.Helper()
	f.say(fmq.Message{ID: fmq.IDCheezburger, Sequence: f.sequence, Operation: fmq.OperationDelete, Filename: []byte(name)})
	f.sequence++
}

// start starts a client with short times; cfg may be changed before.
func start(t *testing.T, change func(*ClientConfig), servers ...*fake) *Client {
	t.Helper()
	cfg := ClientConfig{Inbox: filepath.Join(t.TempDir(), "inbox"), Heartbeat: 100 * time.Millisecond, Expired: 10 * time.Second}
	for _, f := range servers {
		cfg.Servers = append(cfg.Servers, f.endpoint())
	}
	if change != nil {
		change(&cfg)
	}
	c, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func subscribe(t *testing.T, c *Client, path string, opt Subscription) {
	t.Helper()
	if err := c.Subscribe(t.Context(), path, opt); err != nil {
		t.Fatal(err)
	}
}

// wait waits for an event.
func wait(t *testing.T, c *Client) Event {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case e, ok := <-c.Events():
		if !ok {
			t.Fatal("the client has ended")
		}
		return e
	case <-timer.C:
		t.Fatal("no event")
	}
	panic("not reached")
}

// news is the next event that is no Progress.
func news(t *testing.T, c *Client) Event {
	t.Helper()
	for {
		if e := wait(t, c); e.Type != Progress {
			return e
		}
	}
}

// next is the next event that is no Progress, and has to be of that type.
func next(t *testing.T, c *Client, want EventType) Event {
	t.Helper()
	e := news(t, c)
	if e.Type != want {
		t.Fatalf("got %s of %q (%q, %v), want %s", e.Type, e.Path, e.Name, e.Cause, want)
	}
	return e
}

// delivered waits for a file and compares what is in the inbox.
func delivered(t *testing.T, c *Client, path, content string) Event {
	t.Helper()
	e := next(t, c, Deliver)
	sum := sha1.Sum([]byte(content))
	if e.Path != path || e.Size != int64(len(content)) || !bytes.Equal(e.Digest, sum[:]) {
		t.Fatalf("delivered %q of %d octets, want %q of %d", e.Path, e.Size, path, len(content))
	}
	b, err := os.ReadFile(e.File)
	if err != nil || string(b) != content {
		t.Fatalf("%q holds %d octets, want %d (%v)", e.File, len(b), len(content), err)
	}
	return e
}

// pattern is content of that size.
func pattern(size int) string {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i) ^ byte(i>>8) ^ byte(i>>16)
	}
	return string(b)
}
