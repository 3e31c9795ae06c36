package machine

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
)

// Client is an engine with one machine, which the application calls. Its methods are for one goroutine, and not for actions.
//
// The effects that an input returns are to be done before the next input: the list is reused then. Time never goes back.
type Client struct {
	protocol Protocol
	machine  *Machine
	timers   timers
	inputs   inputs
	pending  map[*Call]struct{} // calls that are not answered yet
	calls    uint64
	stats    Stats
	ended    bool
}

// Call is a call of the application that is being carried out. It gets exactly one answer.
type Call struct {
	number uint64 // tells which came first
	client *Client
}

// Answer lets the call return, with an error or nil. It is for actions. What comes after the first answer is ignored, and so
// are answers to a nil *Call: that is what actions have when no call made them happen.
func (c *Call) Answer(err error) {
	if c == nil {
		return
	}
	if !c.client.inputs.busy {
		panic("machine: a call is answered outside of an action: give the engine an event instead")
	}
	c.client.answer(c, err)
}

// NewClient makes an engine. Generated code calls it.
func NewClient(cfg Config, p Protocol) *Client {
	cfg.defaults()
	c := &Client{
		protocol: p, timers: timers{heartbeat: cfg.Heartbeat, expired: cfg.Expired}, pending: map[*Call]struct{}{},
	}
	c.machine = &Machine{state: p.First(), inputs: &c.inputs, stats: &c.stats}
	c.machine.handler = p.New(c.machine)
	return c
}

// Message takes a message of the server. What is in frames must not be changed until the effects are done, nor later if an
// action keeps it (see [Machine.Frames]).
func (c *Client) Message(now time.Time, frames [][]byte) []Effect {
	c.inputs.begin(now)
	c.inputs.frames = frames
	e, err := c.protocol.Parse(frames)
	if err != nil {
		c.stats.Malformed++
		c.protocol.Forget()
		e = Malformed
	}
	if !c.ended && !errors.Is(err, wire.ErrSignature) { // of another protocol: not for us
		if !c.run(e) && err == nil {
			c.stats.Ignored++
		}
		c.timers.heard(c.machine, c.inputs.now)
	}
	return c.end()
}

// Event gives the machine an internal event, the end of work outside for instance.
func (c *Client) Event(now time.Time, e Event) []Effect {
	c.inputs.begin(now)
	if !c.run(e) && !e.ofEngine() {
		c.stats.Ignored++
	}
	return c.end()
}

// Call makes the machine do what a method of the model asks for. Generated code calls it; set is called before the event, and
// hands the call and its arguments to the actions. The answer comes as an effect, now or later.
func (c *Client) Call(now time.Time, e Event, set func(*Call)) (*Call, []Effect) {
	c.inputs.begin(now)
	c.calls++
	call := &Call{number: c.calls, client: c}
	c.pending[call] = struct{}{}
	set(call)
	switch state := c.machine.state; {
	case c.ended:
		c.answer(call, ErrClosed)
	case !c.run(e):
		c.answer(call, fmt.Errorf("%w: %s cannot be called in the state %q", ErrUnexpected, e, string(state)))
	}
	return call, c.end()
}

// Abandon tells that nobody waits for the call's answer any more.
func (c *Client) Abandon(call *Call) { delete(c.pending, call) }

// Tick tells that time has passed. It raises the timers' events that are due.
func (c *Client) Tick(now time.Time) []Effect {
	c.inputs.begin(now)
	m := c.machine
	if c.timers.nextExpired(c.inputs.now) != nil {
		c.timers.heard(m, c.inputs.now)
		c.run(Expired)
	}
	if c.timers.nextBeat(c.inputs.now) != nil {
		c.timers.waitBeat(m, c.inputs.now)
		c.run(Heartbeat)
	}
	return c.end()
}

// Awake tells that nothing was taken in for a while, until now: the peer's clocks run anew, for it may have spoken meanwhile.
func (c *Client) Awake(now time.Time) {
	c.inputs.begin(now)
	if !c.ended {
		c.timers.heard(c.machine, c.inputs.now)
	}
	c.inputs.end()
}

// Deadline is when Tick has something to do, if nothing comes before; false: never.
func (c *Client) Deadline() (time.Time, bool) { return c.timers.deadline() }

// Close ends the machine. Calls that wait are answered with ErrClosed.
func (c *Client) Close(now time.Time) []Effect {
	c.inputs.begin(now)
	c.machine.ended = true
	return c.end()
}

// Stats counts since the beginning.
func (c *Client) Stats() Stats {
	stats := c.stats
	stats.Calls = len(c.pending)
	if !c.ended {
		stats.Clients = 1
	}
	return stats
}

// run handles an event. The peer's clocks run anew from each change of state, so that a conversation which begins late is
// not late at once.
func (c *Client) run(e Event) bool {
	before := c.machine.state
	known := c.machine.run(e)
	if c.machine.state != before {
		c.timers.heard(c.machine, c.inputs.now)
	}
	return known
}

func (c *Client) answer(call *Call, err error) {
	if _, waits := c.pending[call]; waits {
		delete(c.pending, call)
		c.inputs.effects = append(c.inputs.effects, Effect{Type: Answered, Call: call, Err: err})
	}
}

// end ends an input, and what the machine's end brings with it.
func (c *Client) end() []Effect {
	if c.machine.ended && !c.ended {
		c.ended = true
		c.timers.remove(c.machine)
		for _, call := range slices.SortedFunc(maps.Keys(c.pending), func(a, b *Call) int { return cmp.Compare(a.number, b.number) }) {
			c.answer(call, ErrClosed)
		}
		c.inputs.effects = append(c.inputs.effects, Effect{Type: Ended})
	}
	c.protocol.Forget()
	return c.inputs.end()
}
