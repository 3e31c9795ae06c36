package machine

import (
	"errors"
	"fmt"
	"time"
)

// Event is the name of an event as the model has it: a message ("OHAI") or an internal event ("ok").
type Event string

// The events that the engine raises itself.
const (
	Heartbeat Event = "heartbeat" // the peer was silent for an interval
	Expired   Event = "expired"   // the peer was quiet for too long
	Malformed Event = "malformed" // the peer sent what is no message

	// Those below come from a driver whose transport tells.

	Up       Event = "up"       // to a client's machine: a connection to the server stands
	Down     Event = "down"     // to a client's machine: it broke, and what was on its way may be lost
	Failed   Event = "failed"   // to a client's machine: an attempt to connect failed; there will be others
	Writable Event = "writable" // to a server's machine: the client's queue, which was full, has room again
)

// State is the name of a state. Only generated code has values of it.
type State string

// Handler does what the states of one machine ask for. It is generated.
type Handler interface {
	// On does what the event asks for in the state and gives the state that follows; empty if the event means nothing there.
	On(State, Event) State
}

// Protocol reads messages for the machines of an engine. It is generated.
type Protocol interface {
	// First is the state in which a machine begins.
	First() State
	// Parse reads the message that the next events are about and gives its name.
	Parse(frames [][]byte) (Event, error)
	// Forget empties what Parse has read, and any reply that was begun.
	Forget()
	// New gives the handler of a new machine.
	New(*Machine) Handler
}

// Config is what an engine has to know beside its model. The zero value is good.
type Config struct {
	// Heartbeat is how long a peer is silent before the event "heartbeat" comes; 0 means a second, less means never.
	Heartbeat time.Duration
	// Expired is how long a peer is quiet before the event "expired" comes; 0 means 30 seconds, less means never.
	Expired time.Duration
	// MaxClients is how many machines a server has at most, 0 means 10,000. More clients are ignored and counted.
	MaxClients int
}

func (c *Config) defaults() {
	if c.Heartbeat == 0 {
		c.Heartbeat = time.Second
	}
	if c.Expired == 0 {
		c.Expired = 30 * time.Second
	}
	if c.MaxClients <= 0 {
		c.MaxClients = 10_000
	}
}

// Effect is something that the world has to do because of an input.
type Effect struct {
	Type   EffectType // what to do
	Peer   []byte     // whose machine it is; nil for a client's
	Frames [][]byte   // of Send: the message
	Call   *Call      // of Answered
	Err    error      // of Answered: what the call returns; of Fault: why
}

// EffectType tells what an Effect asks for.
type EffectType uint8

const (
	Send     EffectType = iota + 1 // a message is to be sent
	Answered                       // a call returns
	Ended                          // the machine is gone
	Fault                          // hand-written code is wrong: a message cannot be encoded and is not sent, or events never end
)

// Stats are counters, and two gauges.
type Stats struct {
	Clients   int    // machines now
	Calls     int    // calls now that are not answered yet
	Refused   uint64 // messages of clients that would have been too many
	Ignored   uint64 // events that meant nothing in the state that they met
	Malformed uint64 // messages that were none
	Expired   uint64 // machines that ended because their peer was quiet
	Faults    uint64 // effects of type Fault
}

// Errors of calls, to be met with errors.Is.
var (
	// ErrClosed: the machine has ended.
	ErrClosed = errors.New("machine: closed")
	// ErrUnexpected: the call cannot be made in the present state.
	ErrUnexpected = errors.New("machine: not now")
)

// Machine is one conversation with one peer. Generated code gives it to actions, together with the message that
// came and the one to be sent.
type Machine struct {
	peer    []byte
	state   State
	handler Handler
	raised  Event
	thrown  Event
	ended   bool
	inputs  *inputs
	stats   *Stats

	timers timed
}

// Peer is the routing identity of the client; nil where there is one peer only. It is not to be modified.
func (m *Machine) Peer() []byte { return m.peer }

// Frames is the message that is being handled; nil if none is. The fields of what was parsed share its memory. Neither the engine
// nor Service and Connection touch it after the input: an action may keep it, and zsock.Recycle it when its work outside is done.
func (m *Machine) Frames() [][]byte { return m.inputs.frames }

// Raise makes an internal event the next one, after that which is being handled. Of two, the last counts.
func (m *Machine) Raise(e Event) { m.raised = e }

// Throw raises an exception: the remaining actions of the event and its next state are skipped, and e comes instead.
func (m *Machine) Throw(e Event) { m.thrown = e }

// Thrown tells whether an action of the present event has thrown.
func (m *Machine) Thrown() bool { return m.thrown != "" }

// Terminate ends the machine when the actions of the event are done.
func (m *Machine) Terminate() { m.ended = true }

// SendFrames adds a message to those that go out, unless it could not be encoded.
func (m *Machine) SendFrames(frames [][]byte, err error) {
	if err != nil {
		m.fault(err)
		return
	}
	m.inputs.effects = append(m.inputs.effects, Effect{Type: Send, Peer: m.peer, Frames: frames})
}

func (m *Machine) fault(err error) {
	m.stats.Faults++
	m.inputs.effects = append(m.inputs.effects, Effect{Type: Fault, Peer: m.peer, Err: err})
}

// maxRaised is how many events one input may lead to. More are a mistake in the model or its actions, and must not stop all others.
const maxRaised = 10_000

// run handles an event and what its actions raise, and tells whether it means anything in the present state.
func (m *Machine) run(e Event) bool {
	known := true
	for n := 0; e != "" && !m.ended; n++ {
		if n == maxRaised {
			m.fault(fmt.Errorf("machine: %d events in a row, the last is %q: they raise each other without end", n, string(e)))
			m.ended = true
			break
		}
		m.raised, m.thrown = "", ""
		next := m.handler.On(m.state, e)
		switch {
		case m.thrown != "":
			e = m.thrown
			continue
		case next != "":
			m.state = next
		case n == 0:
			known = false
		default: // raised by an action, and no state wants it
			m.stats.Ignored++
		}
		e = m.raised
	}
	return known
}

// ofEngine tells whether the engine itself raises the event: such a one need not mean anything in a state, and is not counted then.
func (e Event) ofEngine() bool {
	switch e {
	case Heartbeat, Expired, Malformed, Up, Down, Failed, Writable:
		return true
	}
	return false
}

// External tells whether the event is a message of the peer.
func (e Event) External() bool { return e != "" && 'A' <= e[0] && e[0] <= 'Z' }
