package machine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// play is a set of sockets whose one socket has as much room as a test says. The machine that it serves sends on SAY what the
// frames after that say, leaves on BYE, and notes all other events that it knows.
type play struct {
	zsock.Sockets
	t     *testing.T
	inbox *zsock.Inbox
	knows []Event

	mu    sync.Mutex
	room  int
	full  error // what Send says when there is no room
	away  bool
	sent  []string
	noted []Event
	kept  [][]byte // by the last SAY
}

func newPlay(t *testing.T, room int) *play {
	return &play{t: t, inbox: zsock.NewInbox(0, 0, nil), full: zsock.ErrFull, room: room}
}

func (p *play) Inbox() *zsock.Inbox                                { return p.inbox }
func (p *play) Listen(zsock.ListenOptions) (zsock.Listener, error) { return playListener{p}, nil }
func (p *play) Dial(zsock.DialOptions) (zsock.Link, error)         { return playLink{p: p}, nil }

type playListener struct{ *play }

func (l playListener) Endpoint() string { return "" }
func (l playListener) Close() error     { return nil }
func (l playListener) Send(peer []byte, frames [][]byte) error {
	return l.send(string(peer) + " " + string(frames[0]))
}

type playLink struct {
	zsock.Link
	p *play
}

func (l playLink) Send(frames [][]byte) error { return l.p.send(string(frames[0])) }
func (l playLink) Close() error               { return nil }
func (l playLink) Drop() error                { return nil }

func (p *play) send(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.away:
		return zsock.ErrUnknownPeer
	case p.room == 0:
		return p.full
	}
	p.room--
	p.sent = append(p.sent, text)
	return nil
}

// set changes how much room there is.
func (p *play) set(room int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.room = room
}

// event puts an event into the inbox and waits until it was handled.
func (p *play) event(e zsock.Event) {
	p.inbox.Put(e)
	synctest.Wait()
}

// says lets a peer say something.
func (p *play) says(peer string, words ...string) {
	var frames [][]byte
	for _, w := range words {
		frames = append(frames, []byte(w))
	}
	p.event(zsock.Event{Type: zsock.Message, Peer: []byte(peer), Frames: frames})
}

// expect wants that these were sent since it was called last, in that order.
func (p *play) expect(what string, want ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.sent, want) {
		p.t.Errorf("%s: sent %q, want %q", what, p.sent, want)
	}
	p.sent = nil
}

// heard wants that the machine heard these events since it was called last.
func (p *play) heard(what string, want ...Event) {
	p.t.Helper()
	if !slices.Equal(p.noted, want) {
		p.t.Errorf("%s: heard %q, want %q", what, p.noted, want)
	}
	p.noted = nil
}

// run runs until the test ends.
func (p *play) run(f func(context.Context) error) {
	ctx, cancel := context.WithCancel(p.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	p.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			p.t.Error(err)
		}
	})
	synctest.Wait()
}

// serve runs a service.
func (p *play) serve() (*Service, *Server) {
	p.t.Helper()
	server := NewServer(Config{Heartbeat: -1, Expired: time.Hour}, p)
	service, err := Listen(p, zsock.ListenOptions{}, server, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.run(service.Run)
	return service, server
}

// The play as a Protocol.

func (p *play) First() State                         { return "only" }
func (p *play) Parse(frames [][]byte) (Event, error) { return Event(frames[0]), nil }
func (p *play) Forget()                              {}
func (p *play) New(m *Machine) Handler               { return actor{p, m} }

type actor struct {
	p *play
	m *Machine
}

func (a actor) On(s State, e Event) State {
	switch {
	case e == "SAY":
		a.p.kept = a.m.Frames()
		for _, word := range a.m.Frames()[1:] {
			a.m.SendFrames([][]byte{word}, nil)
		}
	case e == "BYE":
		a.m.Terminate()
	case slices.Contains(a.p.knows, e):
		a.p.noted = append(a.p.noted, e)
		if a.m.Frames() != nil {
			a.p.t.Errorf("%s is no message and has frames", e)
		}
	default:
		return ""
	}
	return s
}

// numbers are the words from one number to another.
func numbers(before string, from, to int) (words []string) {
	for i := from; i <= to; i++ {
		words = append(words, before+strconv.Itoa(i))
	}
	return words
}

func say(from, to int) []string { return append([]string{"SAY"}, numbers("", from, to)...) }

func TestFrames(t *testing.T) {
	p := newPlay(t, 0)
	s := NewServer(Config{}, p)
	frames := [][]byte{[]byte("SAY"), []byte("x")}
	s.Message(time.Unix(0, 0), []byte("joe"), frames)
	if fmt.Sprintf("%p", p.kept) != fmt.Sprintf("%p", frames) {
		t.Error("an action gets other frames than came")
	}
	p.knows = []Event{Heartbeat, "done"}
	s.Event(time.Unix(0, 0), []byte("joe"), "done")
	s.Tick(time.Unix(2, 0))
	p.heard("without a message", "done", Heartbeat)
	if got := strings.Join([]string{string(p.kept[0]), string(p.kept[1])}, " "); got != "SAY x" {
		t.Errorf("what an action keeps has become %q", got)
	}
}
