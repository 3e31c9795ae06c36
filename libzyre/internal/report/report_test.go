package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a transport whose links keep what they are given, up to a bound.
type fake struct {
	inbox *zsock.Inbox
	opens int
	links []*link // those that are open
}

func (f *fake) Open(zsock.Options) (zsock.Sockets, error) {
	f.opens++
	f.inbox = zsock.NewInbox(0, 0, nil)
	return f, nil
}

func (f *fake) String() string                                     { return "fake" }
func (f *fake) Listen(zsock.ListenOptions) (zsock.Listener, error) { return nil, zsock.ErrInvalid }
func (f *fake) Inbox() *zsock.Inbox                                { return f.inbox }
func (f *fake) Stats() zsock.Stats                                 { return zsock.Stats{} }

func (f *fake) Close() error {
	f.opens--
	return nil
}

func (f *fake) Dial(o zsock.DialOptions) (zsock.Link, error) {
	l := &link{of: f, endpoint: o.Endpoint, room: 1 << 30}
	f.links = append(f.links, l)
	return l, nil
}

type link struct {
	of       *fake
	endpoint string
	room     int // messages that it takes
	got      []string
	frames   [][]byte
	missed   int64
}

func (l *link) Send(frames [][]byte) error {
	if l.room == 0 {
		l.missed++
		return nil
	}
	l.room--
	var m zrelog.Message
	if err := m.Parse(frames); err != nil {
		return err
	}
	l.frames = append(l.frames, bytes.Clone(frames[0]))
	l.got = append(l.got, fmt.Sprintf("%s %s %04X %s", zrelog.LevelName(m.Level), zrelog.EventName(m.Event), m.Peer, m.Data))
	return nil
}

func (l *link) Missed() int64 { return l.missed }

func (l *link) Redial(endpoint string) error {
	l.endpoint = endpoint
	return nil
}

func (l *link) Close() error { return l.Drop() }

func (l *link) Drop() error {
	l.of.links = slices.DeleteFunc(l.of.links, func(other *link) bool { return l == other })
	return nil
}

// world is a Reporter and the peers that are present.
type world struct {
	*Reporter
	fake  fake
	at    time.Time
	addrs map[core.ID]string
}

func newWorld(level uint8) *world {
	w := &world{at: time.Unix(1_700_000_000, 0), addrs: map[core.ID]string{}}
	w.Reporter = New(Config{
		ID: core.ID{1}, Transport: &w.fake, Level: level, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Addr:     func(id core.ID) (string, bool) { addr, ok := w.addrs[id]; return addr, ok },
		Counters: func() Counters { return Counters{1, 2, 3, 4, 5, 6} },
	})
	return w
}

func (w *world) enter(id core.ID, addr, header string) {
	w.addrs[id] = addr
	w.Observe(&core.Event{Type: core.Enter, Peer: id, Name: "it", Addr: addr, Headers: map[string]string{Header: header}, Time: w.at})
}

func (w *world) exit(id core.ID, cause error) {
	delete(w.addrs, id)
	w.Observe(&core.Event{Type: core.Exit, Peer: id, Name: "it", Cause: cause, Time: w.at})
}

// TestBounds: nobody makes a node connect to more collectors than it will, nor crowds out those of other hosts; who waits is let in when another leaves.
func TestBounds(t *testing.T) {
	w := newWorld(zrelog.LevelInfo)
	at := func(host, n int) core.ID { return core.ID{2, byte(host), byte(n)} }
	for host := range 10 {
		for n := range 20 {
			w.enter(at(host, n), fmt.Sprintf("tcp://10.0.0.%d:%d", host, 1000+n), fmt.Sprintf("tcp://10.9.9.9:%d", 2000+n))
		}
		if want := min(maxOfHost*(host+1), maxCollectors); len(w.fake.links) != want {
			t.Fatalf("after %d hosts: %d links, want %d", host+1, len(w.fake.links), want)
		}
	}
	if got := w.Stats(); got.Collectors != maxCollectors || got.Waiting != 200-maxCollectors {
		t.Errorf("got %+v", got)
	}
	w.exit(at(9, 19), core.ErrGoodbye) // it waits
	w.exit(at(2, 0), core.ErrGoodbye)
	if got := w.fake.links[len(w.fake.links)-1].endpoint; got != "tcp://10.0.0.2:2008" || len(w.fake.links) != maxCollectors {
		t.Errorf("%d links, the last to %s: the next of that host had its turn", len(w.fake.links), got)
	}
	for host := range 4 {
		for n := range 20 {
			w.exit(at(host, n), core.ErrGoodbye)
		}
	}
	if got := w.Stats(); got.Collectors != maxCollectors || got.Waiting != 120-maxCollectors-1 {
		t.Errorf("got %+v", got)
	}
	w.SetLevel(w.at, 0, nil)
	w.Close()
	if got := w.Stats(); got.Collectors+got.Waiting != 0 || w.Wanted() || w.fake.opens != 0 || w.Ready() != nil {
		t.Errorf("off: %+v, %d sets of sockets", got, w.fake.opens)
	}
}

// TestFollows: a collector's node has moved.
func TestFollows(t *testing.T) {
	w := newWorld(zrelog.LevelInfo)
	id := core.ID{2}
	w.enter(id, "tcp://10.0.0.1:1", "tcp://*:7")
	l := w.fake.links[0]
	w.addrs[id] = "tcp://10.0.0.2:1"
	w.fake.inbox.Put(zsock.Event{Type: zsock.Failed, Link: l, Err: errors.New("no route")})
	<-w.Ready()
	w.Take()
	if l.endpoint != "tcp://10.0.0.2:7" {
		t.Errorf("it is looked for at %s", l.endpoint)
	}
	w.addrs[id] = "tcp://10.0.0.3:1"
	w.at = w.at.Add(statsEvery)
	w.Tick(w.at)
	if l.endpoint != "tcp://10.0.0.3:7" {
		t.Errorf("it is looked for at %s", l.endpoint)
	}
	w.Close()
}

// TestRecords: what is told of what, and how serious it is.
func TestRecords(t *testing.T) {
	w := newWorld(zrelog.LevelInfo)
	w.enter(core.ID{2}, "tcp://10.0.0.1:1", "tcp://*:7")
	l := w.fake.links[0]
	w.Tick(w.at)
	w.Tick(w.at) // not again
	w.Tick(w.at.Add(statsEvery))
	other := core.ID{3}
	peer := fmt.Sprintf("%04X ", zrelog.HashUUID(other))
	self := fmt.Sprintf("%04X ", zrelog.HashUUID(core.ID{2}))
	for _, e := range []core.Event{
		{Type: core.Join, Group: "G"},
		{Type: core.Leave, Group: "G"},
		{Type: core.Evasive, Name: "its name"},
		{Type: core.Silent, Name: "its name"},
		{Type: core.Whisper, Msg: [][]byte{[]byte("secret")}},
		{Type: core.Shout, Group: "G", Msg: [][]byte{[]byte("secret")}},
		{Type: core.Deliver, File: &core.File{Path: "p"}},
		{Type: core.Refused, File: &core.File{Path: "p"}, Cause: errors.New("disk full")},
		{Type: core.Exit, Cause: core.ErrGoodbye},
		{Type: core.Exit, Cause: core.ErrMoved},
		{Type: core.Exit, Cause: core.ErrUnreachable},
		{Type: core.Exit, Cause: core.ErrExpired},
		{Type: core.Exit, Cause: core.ErrLost},
		{Type: core.Exit, Cause: core.ErrRestarted},
	} {
		e.Peer, e.Time = other, w.at
		w.Observe(&e)
	}
	w.Own(w.at, zrelog.EventJoin, "mine")
	w.exit(core.ID{2}, core.ErrClosed) // we go
	w.Observe(&core.Event{Type: core.Stop, Cause: errors.New("no more sockets"), Time: w.at})
	want := []string{
		"INFO ENTER " + self + "tcp://10.0.0.1:1 it",
		"INFO STATS 0000 peers=1 in=2 out=3 queue=4 dropped=0 octets-in=5 octets-out=6",
		"INFO STATS 0000 peers=1 in=2 out=3 queue=4 dropped=0 octets-in=5 octets-out=6",
		"INFO JOIN " + peer + "G",
		"INFO LEAVE " + peer + "G",
		"WARNING TEXT " + peer + "EVASIVE its name",
		"WARNING TEXT " + peer + "SILENT its name",
		"ERROR TEXT " + peer + "REFUSED p: disk full",
		"INFO EXIT " + peer + core.ErrGoodbye.Error(),
		"INFO EXIT " + peer + core.ErrMoved.Error(),
		"WARNING EXIT " + peer + core.ErrUnreachable.Error(),
		"WARNING EXIT " + peer + core.ErrExpired.Error(),
		"WARNING EXIT " + peer + core.ErrLost.Error(),
		"WARNING EXIT " + peer + core.ErrRestarted.Error(),
		"INFO JOIN 0000 mine",
		"ERROR TEXT 0000 STOP: no more sockets",
	}
	if !slices.Equal(l.got, want) {
		t.Errorf("got %q\nwant %q", l.got, want)
	}
	w.Close()
}

// TestDropped: what a collector had no room for is told it before anything else, once there is room.
func TestDropped(t *testing.T) {
	w := newWorld(zrelog.LevelInfo)
	w.enter(core.ID{2}, "tcp://10.0.0.1:1", "tcp://*:7")
	w.enter(core.ID{3}, "tcp://10.0.0.2:1", "tcp://*:7")
	l, other := w.fake.links[0], w.fake.links[1]
	l.got, other.got, l.room = nil, nil, 1
	for i := range 4 {
		w.Text(w.at, zrelog.LevelError, fmt.Sprint(i))
	}
	l.room = 100
	w.Text(w.at, zrelog.LevelInfo, "4")
	w.Tick(w.at)
	stats := "INFO STATS 0000 peers=1 in=2 out=3 queue=4 dropped="
	if want := []string{"ERROR TEXT 0000 0", "ERROR TEXT 0000 dropped=3", "INFO TEXT 0000 4", stats + "3 octets-in=5 octets-out=6"}; !slices.Equal(l.got, want) {
		t.Errorf("got %q, want %q", l.got, want)
	}
	if want := []string{"ERROR TEXT 0000 0", "ERROR TEXT 0000 1", "ERROR TEXT 0000 2", "ERROR TEXT 0000 3", "INFO TEXT 0000 4", stats + "0 octets-in=5 octets-out=6"}; !slices.Equal(other.got, want) {
		t.Errorf("the other got %q, want %q", other.got, want)
	}
	if got := w.Stats(); got.Dropped != 3 {
		t.Errorf("got %+v", got)
	}
	w.Close()
}

// TestCostsNothing: without a collector an event allocates nothing and there is nothing to wait for.
func TestCostsNothing(t *testing.T) {
	w := newWorld(zrelog.LevelInfo)
	events := []core.Event{{Type: core.Join, Group: "G"}, {Type: core.Enter, Name: "n", Headers: map[string]string{"X-OTHER": "v"}}, {Type: core.Exit, Cause: core.ErrGoodbye}, {Type: core.Whisper}}
	if n := testing.AllocsPerRun(100, func() {
		for i := range events {
			w.Observe(&events[i])
		}
		w.Text(w.at, zrelog.LevelInfo, "text")
		w.Own(w.at, zrelog.EventJoin, "G")
		w.Tick(w.at)
	}); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
	if w.Ready() != nil || !w.Next().IsZero() || w.fake.opens != 0 {
		t.Error("something is open")
	}
}

func BenchmarkObserve(b *testing.B) {
	join := core.Event{Type: core.Join, Group: "group", Peer: core.ID{9}}
	for _, collectors := range []int{0, 1} {
		b.Run(fmt.Sprintf("collectors=%d", collectors), func(b *testing.B) {
			w := newWorld(zrelog.LevelInfo)
			if collectors > 0 {
				w.enter(core.ID{2}, "tcp://10.0.0.1:1", "tcp://*:7")
				w.fake.links[0].room = 0
			}
			join.Time = w.at
			b.ReportAllocs()
			for b.Loop() {
				w.Observe(&join)
			}
			w.Close()
		})
	}
}
