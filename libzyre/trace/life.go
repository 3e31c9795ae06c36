package trace

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// life is one node that is played again: its core, and a network that answers as the trace says.
type life struct {
	core   *core.Core
	memory *memory    // of all lives
	input  numbered   // what is played next
	turn   []numbered // what followed it
	told   []told     // events that the trace did not have yet

	rest     []numbered // of turn, without events, that did not come yet
	last     bool       // the trace may have ended within this turn
	over     bool       // and has: what follows is not known
	differs  *Difference
	nothing  []core.Event
	previous numbered // the input before
	waiting  int      // octets of calls that are not answered
}

// told is an event, and the input that it follows.
type told struct {
	line  Line
	after numbered
}

// newLife makes a node of the line of its beginning.
func newLife(begin numbered, m *memory) (*life, error) {
	c := begin.Config
	switch {
	case begin.Version != Version:
		return nil, fmt.Errorf("the trace has version %d of the format: this program knows %d", begin.Version, Version)
	case c == nil:
		return nil, errors.New(`"begin" has no "config"`)
	case c.Evasive <= 0 || c.Expired <= c.Evasive || c.Interval <= 0 || c.SendTimeout <= 0:
		return nil, fmt.Errorf("no node has an interval of %v, evasive %v, expired %v and send-timeout %v", c.Interval, c.Evasive, c.Expired, c.SendTimeout)
	}
	v := &life{input: begin, memory: m}
	headers := make(map[string]string, len(c.Headers))
	for _, h := range c.Headers {
		headers[string(h[0])] = string(h[1])
	}
	v.core = core.New(core.Config{
		ID: core.ID(begin.Node), Name: string(c.Name), Headers: headers, Port: c.Port, Interval: c.Interval, Evasive: c.Evasive,
		Expired: c.Expired, SendTimeout: c.SendTimeout, Limits: core.Limits(c.Limits), Peers: c.Peers, Advertise: c.Advertise,
		AnyEndpoint: c.AnyEndpoint, Tells: c.Tells, LocalAddr: v.localAddr,
	}, v)
	return v, nil
}

// play gives the core one input and compares what follows with the trace.
func (v *life) play(last bool) error {
	v.last, v.rest = last, v.rest[:0]
	for _, l := range v.turn {
		if l.Event == "" {
			v.rest = append(v.rest, l)
		}
	}
	if err := v.give(); err != nil {
		return fmt.Errorf("line %d: %w", v.input.number, err)
	}
	v.nothing = v.core.Events(v.nothing[:0])
	for i := range v.nothing {
		v.told = append(v.told, told{EventLine(&v.nothing[i]), v.input})
	}
	if v.differs == nil && len(v.rest) > 0 && !v.over {
		v.differ(v.rest[0], v.rest[0].String(), "")
	}
	if v.differs == nil {
		v.compareEvents()
	}
	v.turn = v.turn[:0]
	if v.differs != nil {
		return v.differs
	}
	return nil
}

// compareEvents compares what the application is told with what the trace says so far. A node looks for events after an input, or after
// several.
func (v *life) compareEvents() {
	for _, want := range v.turn {
		switch {
		case want.Event == "":
			continue
		case len(v.told) == 0:
			v.differ(want, want.String(), "")
			return
		}
		got := v.told[0].line
		if !same(&want.Line, &got) {
			v.differ(want, want.whole(), got.whole())
			return
		}
		v.told = v.told[1:]
	}
	if len(v.told) > 0 && v.input.In == Stop && !v.last {
		v.differ(v.told[0].after, "", v.told[0].line.String())
	}
}

// same compares what two lines say.
func same(want, got *Line) bool { return want.whole() == got.whole() }

func (v *life) differ(at numbered, want, got string) {
	if v.differs == nil {
		v.differs = &Difference{Line: at.number, Node: v.input.Node, After: v.input.number, Input: v.input.String(), Want: want, Got: got}
	}
}

// give hands the core the input.
func (v *life) give() error {
	l, c := &v.input.Line, v.core
	at, peer, group := l.Time, core.ID(l.Peer), string(l.Group)
	addr, err := addrOf(l.Addr)
	if err != nil {
		return err
	}
	frames, octets, err := v.memory.message(l)
	if err != nil {
		return err
	}
	if v.memory.waiting+octets > maxWaiting && (l.In == Whisper || l.In == Shout) {
		return fmt.Errorf("more than %d octets wait to be sent: a replay does not hold that", maxWaiting)
	}
	switch l.In {
	case Begin:
		c.Start(at)
	case Beacon:
		data, err := hex.DecodeString(l.Data)
		if err != nil {
			return err
		}
		c.Beacon(at, addr, data)
	case Recv:
		c.Message(at, peer, addr, frames)
	case Writable:
		c.Writable(at, peer)
	case Up:
		c.Up(at, peer, core.ID(l.Identity), addr)
	case Down:
		c.Down(at, peer)
	case Failed, Refused:
		c.Failed(at, peer, l.In == Refused)
	case Stranger:
		c.Stranger(at, peer)
	case Arrived:
		c.Arrived(at, peer, addr)
	case Departed:
		c.Departed(at, peer)
	case Moved:
		c.Moved(at)
	case Tick:
		if due := c.Next(); !due.Equal(l.Due) {
			v.differ(v.input, "a tick due at "+timeOf(l.Due), "a tick due at "+timeOf(due))
			return nil
		}
		c.Tick(at)
	case Suspend:
		c.Suspend(at)
	case Resume:
		c.Resume(at)
	case Stop:
		var cause error
		if l.Cause != "" {
			cause = errors.New(string(l.Cause))
		}
		c.Stop(at, cause)
	case Join:
		c.Join(at, group, v.call(0))
	case Leave:
		c.Leave(at, group, v.call(0))
	case Whisper:
		c.Whisper(at, peer, frames, v.call(octets))
	case Shout:
		c.Shout(at, group, frames, v.call(octets))
	case Ping:
		number := l.Call
		c.Ping(at, peer, func(d time.Duration, err error) {
			v.did(Line{Out: Done, Call: number, For: d, Error: textOf(err)})
		})
	default:
		return fmt.Errorf("nothing that comes to a node is called %q", l.In)
	}
	return nil
}

func timeOf(at time.Time) string {
	if at.IsZero() {
		return "no time"
	}
	return at.Format(time.RFC3339Nano)
}

func addrOf(text string) (netip.Addr, error) {
	if text == "" {
		return netip.Addr{}, nil
	}
	return netip.ParseAddr(text)
}

func textOf(err error) Text {
	if err == nil {
		return ""
	}
	return Text(err.Error())
}

// did is what the core does. It returns the line of the trace that has it, and the answer with it; what has none is a difference, unless
// the trace ends here.
func (v *life) did(got Line) (answer Line) {
	switch {
	case v.over || v.differs != nil:
		return Line{}
	case len(v.rest) == 0:
		if v.over = v.last; !v.over {
			v.differ(v.input, "", got.String())
		}
		return Line{}
	}
	want := v.rest[0]
	asked := want.Line
	if got.Out != Done { // what it says there is what came of it
		asked.Error, asked.Own, asked.For = "", "", 0
	}
	if !same(&asked, &got) {
		v.differ(want, asked.whole(), got.whole())
		return Line{}
	}
	v.rest = v.rest[1:]
	return want.Line
}

func (v *life) localAddr(remote netip.Addr) netip.Addr {
	own, err := netip.ParseAddr(v.did(Line{Out: Local, Addr: remote.String()}).Own)
	if err != nil {
		return netip.IPv4Unspecified()
	}
	return own
}

func errorOf(l Line) error {
	switch {
	case l.Error == "":
		return nil
	case l.Out == Send && l.Error == full:
		return zsock.ErrFull
	default:
		return errors.New(string(l.Error))
	}
}

// Connect and the others make a life a core.Network.
func (v *life) Connect(peer core.ID, endpoint string) error { return v.made(Connect, peer, endpoint) }

// ConnectAny is core.Network's.
func (v *life) ConnectAny(peer core.ID, endpoint string) error {
	return v.made(ConnectAny, peer, endpoint)
}

// Redial is core.Network's.
func (v *life) Redial(peer core.ID, endpoint string) error { return v.made(Redial, peer, endpoint) }

func (v *life) made(what string, peer core.ID, endpoint string) error {
	return errorOf(v.did(Line{Out: what, Peer: ID(peer), Endpoint: Text(endpoint)}))
}

// Send is core.Network's.
func (v *life) Send(peer core.ID, frames [][]byte) error {
	l := Line{Out: Send, Peer: ID(peer)}
	l.SetFrames(frames)
	return errorOf(v.did(l))
}

// Disconnect is core.Network's.
func (v *life) Disconnect(peer core.ID) { v.did(Line{Out: Disconnect, Peer: ID(peer)}) }

// Rename is core.Network's.
func (v *life) Rename(old, new core.ID) error {
	return errorOf(v.did(Line{Out: Rename, Peer: ID(old), Identity: ID(new)}))
}

// Unacknowledged is core.Network's.
func (v *life) Unacknowledged(peer core.ID) time.Duration {
	return v.did(Line{Out: Unacknowledged, Peer: ID(peer)}).For
}
