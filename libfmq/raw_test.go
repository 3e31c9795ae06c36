package fmq

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// raw is a client that says just what it is told to.
type raw struct {
	t    *testing.T
	box  *zsock.Inbox
	link zsock.Link
	held []zsock.Event
}

func newRaw(t *testing.T, endpoint string) *raw {
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sockets.Close() })
	link, err := sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	return &raw{t: t, box: sockets.Inbox(), link: link}
}

func (r *raw) say(m fmq.Message) {
	r.t.Helper()
	frame, err := m.Append(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.octets(m.AppendRest([][]byte{frame})...)
}

func (r *raw) octets(frames ...[]byte) {
	r.t.Helper()
	if err := r.link.Send(frames); err != nil {
		r.t.Fatal(err)
	}
}

// hear waits for the next message that is not HUGZ.
func (r *raw) hear() *fmq.Message {
	r.t.Helper()
	m, ok := r.hearWithin(20 * time.Second)
	if !ok {
		r.t.Fatal("the server says nothing")
	}
	return m
}

func (r *raw) hearWithin(d time.Duration) (*fmq.Message, bool) {
	r.t.Helper()
	deadline := time.After(d)
	for {
		for len(r.held) > 0 {
			e := r.held[0]
			r.held = r.held[1:]
			if e.Type != zsock.Message {
				continue
			}
			m := new(fmq.Message)
			if err := m.Parse(e.Frames); err != nil {
				r.t.Fatal(err)
			}
			if m.ID != fmq.IDHugz {
				return m, true
			}
		}
		select {
		case <-r.box.Ready():
			r.held = append(r.held, r.box.Take(nil)...)
		case <-deadline:
			return nil, false
		}
	}
}

func (r *raw) expect(id fmq.ID) *fmq.Message {
	r.t.Helper()
	m := r.hear()
	if m.ID != id {
		r.t.Fatalf("got %s %s, want %s", m.ID, m.Reason, id)
	}
	return m
}

// open says OHAI and subscribes.
func (r *raw) open(path string, options ...wire.Pair) {
	r.t.Helper()
	r.say(fmq.Message{ID: fmq.IDOhai})
	r.expect(fmq.IDOhaiOK)
	r.say(fmq.Message{ID: fmq.IDIcanhaz, Path: []byte(path), Options: options})
	r.expect(fmq.IDIcanhazOK)
}

func (r *raw) credit(n uint64) { r.say(fmq.Message{ID: fmq.IDNom, Credit: n}) }

// file hears a file, whole.
func (r *raw) file() (name string, content []byte) {
	r.t.Helper()
	for {
		m := r.expect(fmq.IDCheezburger)
		if m.Operation != fmq.OperationCreate {
			r.t.Fatalf("got %d of %s", m.Operation, m.Filename)
		}
		if m.Offset != uint64(len(content)) {
			r.t.Fatalf("%s: got offset %d, want %d", m.Filename, m.Offset, len(content))
		}
		if m.Eof != 0 {
			return string(m.Filename), content
		}
		content = append(content, m.Chunk...)
	}
}

// put makes a file that was last written to a minute ago.
func put(t *testing.T, dir, name, content string) string {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	outside := filepath.Join(t.TempDir(), "x")
	before := time.Now().Add(-time.Minute)
	for _, err := range []error{
		os.WriteFile(outside, []byte(content), 0o640), os.Chtimes(outside, before, before), os.MkdirAll(filepath.Dir(file), 0o755), os.Rename(outside, file),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return file
}

func listen(t *testing.T, cfg ServerConfig, dirs ...string) *Server {
	t.Helper()
	cfg.Endpoint = "tcp://127.0.0.1:*"
	cfg.Monitor = 50 * time.Millisecond
	for _, d := range dirs {
		cfg.Publish = append(cfg.Publish, Publish{Dir: d})
	}
	s, err := Listen(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
