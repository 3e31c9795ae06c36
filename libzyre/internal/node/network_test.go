package node

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// birth is when every test begins.
var birth = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// fake is a network without sockets: what comes in lies there until it is taken, and what is done is written down.
type fake struct {
	in   []harmony.Event
	full bool    // no queue has room
	any  core.ID // of the last connection to whoever is there
	done []string

	connects func() // is called before a connection is made
}

func (f *fake) note(format string, args ...any) {
	f.done = append(f.done, fmt.Sprintf(format, args...))
}

func (f *fake) Connect(id core.ID, endpoint string) error {
	if f.connects != nil {
		f.connects()
	}
	f.note("connect %s %s", id[:1], endpoint)
	return nil
}
func (f *fake) ConnectAny(id core.ID, endpoint string) error {
	f.any = id
	f.note("connect to any at %s", endpoint)
	return nil
}
func (f *fake) Redial(id core.ID, endpoint string) error {
	f.note("redial %s %s", id[:1], endpoint)
	return nil
}
func (f *fake) Disconnect(id core.ID)              { f.note("disconnect %s", id[:1]) }
func (f *fake) Rename(core.ID, core.ID) error      { return nil }
func (*fake) Unacknowledged(core.ID) time.Duration { return -1 }

func (f *fake) Send(id core.ID, frames [][]byte) error {
	if f.full {
		return zsock.ErrFull
	}
	f.note("send %s %v", id[:1], zre.ID(frames[0][2]))
	return nil
}

func (f *fake) Take(into []harmony.Event) []harmony.Event {
	into = append(into[:0], f.in...)
	f.in = nil
	return into
}

func (f *fake) TakeNews(into []harmony.Event) []harmony.Event {
	into = into[:0]
	var rest []harmony.Event
	for _, e := range f.in {
		if e.Type == harmony.Message {
			rest = append(rest, e)
		} else {
			into = append(into, e)
		}
	}
	f.in = rest
	return into
}

// did is what was done since it was last asked.
func (f *fake) did() string {
	s := strings.Join(f.done, "; ")
	f.done = nil
	return s
}

// being is a node on a fake network, at a time of the test's making.
type being struct {
	t testing.TB
	*Node
	net *fake
	at  time.Time
	seq map[byte]uint16 // of the last message of each peer

	local netip.Addr // ours
}

func newBeing(t testing.TB, cfg Config) *being {
	b := &being{t: t, net: &fake{}, at: birth, seq: map[byte]uint16{}, local: addr}
	cfg.Config = core.Config{
		ID: core.ID{'m'}, Name: "me", Port: 50000, Interval: time.Second, Evasive: 5 * time.Second,
		Expired: 30 * time.Second, SendTimeout: 5 * time.Second, Peers: cfg.Peers,
		LocalAddr: func(netip.Addr) netip.Addr { return b.local },
	}
	if cfg.Queue == 0 {
		cfg.Queue = 1000
	}
	b.Node = New(cfg, b.net)
	return b
}

var addr = netip.MustParseAddr("10.0.0.1")

// later lets time pass.
func (b *being) later(d time.Duration) { b.at = b.at.Add(d) }

// comes puts a message of a peer into the network.
func (b *being) comes(peer byte, m zre.Message) {
	b.t.Helper()
	if m.ID == zre.IDHello {
		b.seq[peer] = 0
		m.Endpoint = fmt.Appendf(nil, "tcp://10.0.0.1:%d", 50000+int(peer))
	}
	b.seq[peer]++
	m.Sequence = b.seq[peer]
	head, err := m.Append(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.net.in = append(b.net.in, harmony.Event{Type: harmony.Message, Peer: core.ID{peer}, Addr: addr, Frames: append([][]byte{head}, m.Content...)})
}

// happens puts news of connections into the network.
func (b *being) happens(e harmony.Event) { b.net.in = append(b.net.in, e) }

func (b *being) hello(peer byte) { b.comes(peer, zre.Message{ID: zre.IDHello, Name: []byte{peer}}) }

func (b *being) whisper(peer byte, text string) {
	b.comes(peer, zre.Message{ID: zre.IDWhisper, Content: [][]byte{[]byte(text)}})
}

// work is what package zyre does when the network says that there is something.
func (b *being) work() {
	b.Ready(b.at)
	b.Work(b.at)
}

// meet makes that peer one that is there.
func (b *being) meet(peer byte) {
	b.t.Helper()
	b.hello(peer)
	b.work()
	if len(b.Core().Peers()) == 0 {
		b.t.Fatalf("%c is not met", peer)
	}
	b.Pop(len(b.Events()))
	b.net.did()
}

// waiting is what waits for the reader.
func (b *being) waiting() string { return told(b.Events()) }

func told(events []core.Event) string {
	var all []string
	for _, e := range events {
		s := fmt.Sprintf("%v %s", e.Type, e.Peer[:1])
		if len(e.Msg) > 0 {
			s += fmt.Sprintf(" %.20s", e.Msg[0])
		}
		if e.Group != "" {
			s += " " + e.Group
		}
		if e.Cause != nil {
			s += fmt.Sprintf(" (%v)", e.Cause)
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

func (b *being) wants(what string) {
	b.t.Helper()
	if got := b.waiting(); got != what {
		b.t.Errorf("told\n\t%s\nwant\n\t%s", got, what)
	}
}
