package dechat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a node without a network: tests put peers into it and read what was
// sent.
type fake struct {
	id     zyre.UUID
	events chan zyre.Event
	sent   chan string   // what the node was told to do
	asked  chan struct{} // somebody looked who is there
	once   sync.Once

	mu    sync.Mutex
	peers []zyre.Peer
	err   error
}

func (f *fake) UUID() zyre.UUID           { return f.id }
func (f *fake) Name() string              { return "me" }
func (f *fake) Err() error                { return f.err }
func (f *fake) Events() <-chan zyre.Event { return f.events }
func (f *fake) Leave(group string) error  { f.sent <- "leave " + group; return nil }
func (f *fake) Join(group string) error {
	if len(group) > 255 {
		return fmt.Errorf("%w: too long", zyre.ErrInvalid)
	}
	f.sent <- "join " + group
	return nil
}

func (f *fake) Whisper(peer zyre.UUID, msg ...[]byte) error {
	f.sent <- fmt.Sprintf("whisper %s %s", peer, msg[0])
	return nil
}

func (f *fake) Shout(group string, msg ...[]byte) error {
	f.sent <- fmt.Sprintf("shout %s %s", group, msg[0])
	return nil
}

func (f *fake) PublishTo(group, path, as string) error {
	f.sent <- fmt.Sprintf("publish %s %s %s", group, path, as)
	if filepath.Base(filepath.Dir(path)) == refused {
		return errBroken
	}
	return nil
}

func (f *fake) Close() error {
	f.once.Do(func() {
		f.events <- zyre.Event{Type: zyre.Stop}
		close(f.events)
	})
	return nil
}

func (f *fake) Peers() []zyre.Peer {
	select {
	case f.asked <- struct{}{}:
	default:
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.peers)
}

func (f *fake) PeersIn(group string) []zyre.Peer {
	return slices.DeleteFunc(f.Peers(), func(p zyre.Peer) bool { return !slices.Contains(p.Groups, group) })
}

// come lets a peer enter and join. It takes files if it is in the group "files".
func (f *fake) come(name string, id zyre.UUID, groups ...string) {
	f.mu.Lock()
	p := zyre.Peer{UUID: id, Name: name, Addr: "tcp://127.0.0.1:50000", Groups: groups}
	if slices.Contains(groups, "files") {
		p.Headers = map[string]string{"X-FILEMQ": "tcp://127.0.0.1:50001"}
	}
	f.peers = append(f.peers, p)
	f.mu.Unlock()
	f.events <- zyre.Event{Type: zyre.Enter, Peer: id, Name: name, Addr: "tcp://127.0.0.1:50000"}
	for _, g := range groups {
		f.events <- zyre.Event{Type: zyre.Join, Peer: id, Name: name, Group: g}
	}
}

// id returns a UUID that begins with the given digits.
func id(digits string) zyre.UUID {
	text := (digits + "00000000000000000000000000000000")[:32]
	u, err := zyre.ParseUUID(text)
	if err != nil {
		panic(err)
	}
	return u
}

// session is a chat under test, with its three streams.
type session struct {
	t        *testing.T
	node     *fake
	in       *io.PipeWriter
	out, err *stream
	stop     context.CancelFunc
	done     chan error
}

const patience = 10 * time.Second

func start(t *testing.T, opts Options) *session {
	t.Helper()
	if opts.Group == "" {
		opts.Group = "CHAT"
	}
	s := &session{t: t, node: &fake{id: id("FFFF"), events: make(chan zyre.Event), sent: make(chan string, 100), asked: make(chan struct{}, 1)},
		out: newStream(), err: newStream(), done: make(chan error, 1)}
	inR, inW := io.Pipe()
	s.in = inW
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	ends := open(cli.Streams{In: inR, Out: s.out, Err: s.err})
	go func() { s.done <- chat(ctx, s.node, opts, ends) }()
	t.Cleanup(func() {
		cancel()
		_ = inW.Close()
		_ = inR.Close()
		_ = s.out.w.Close()
		_ = s.err.w.Close()
	})
	s.told("join " + opts.Group)
	return s
}

// types gives the chat a line, in the background: it may be waiting.
func (s *session) types(lines ...string) {
	go func() {
		for _, line := range lines {
			_, _ = io.WriteString(s.in, line+"\n")
		}
	}()
}

// told waits for what the node is told next.
func (s *session) told(want string) {
	s.t.Helper()
	select {
	case got := <-s.node.sent:
		if got != want {
			s.t.Fatalf("the node was told %q, want %q", got, want)
		}
	case <-time.After(patience):
		s.t.Fatalf("the node was not told %q", want)
	}
}

// ended waits for the end of the chat.
func (s *session) ended() error {
	s.t.Helper()
	select {
	case err := <-s.done:
		return err
	case <-time.After(patience):
		s.t.Fatal("the chat does not end")
		return nil
	}
}

// stream is a Writer whose lines can be waited for.
type stream struct {
	w     *io.PipeWriter
	lines chan string
}

func newStream() *stream {
	r, w := io.Pipe()
	s := &stream{w: w, lines: make(chan string, 1000)}
	go func() {
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			s.lines <- scan.Text()
		}
	}()
	return s
}

func (s *stream) Write(p []byte) (int, error) { return s.w.Write(p) }

func (s *session) prints(from *stream, want string) {
	s.t.Helper()
	select {
	case got := <-from.lines:
		if got != want {
			s.t.Fatalf("printed %q, want %q", got, want)
		}
	case <-time.After(patience):
		s.t.Fatalf("not printed: %q", want)
	}
}

// refused is the folder of files that the fake node does not take.
const refused = "refused"

var errBroken = errors.New("broken")
