package machine

import (
	"errors"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
)

// Server is an engine with a machine for each client. Its methods are for one goroutine, and not for actions.
//
// The effects that an input returns are to be done before the next input: the list is reused then. Time never goes back.
type Server struct {
	protocol Protocol
	clients  map[string]*Machine
	max      int
	timers   timers
	inputs   inputs
	stats    Stats
}

// inputs is what the two engines have in common: the time of the last input, and what follows from it.
type inputs struct {
	now     time.Time
	busy    bool
	frames  [][]byte // of the message that is being handled
	effects []Effect
}

func (i *inputs) begin(now time.Time) {
	if i.busy {
		panic("machine: an action gives its own engine an input: raise an event instead")
	}
	i.busy = true
	i.effects = i.effects[:0]
	i.now = now
}

func (i *inputs) end() []Effect {
	i.busy = false
	i.frames = nil
	return i.effects
}

// NewServer makes an engine. Generated code calls it.
func NewServer(cfg Config, p Protocol) *Server {
	cfg.defaults()
	return &Server{
		protocol: p, clients: map[string]*Machine{}, max: cfg.MaxClients,
		timers: timers{heartbeat: cfg.Heartbeat, expired: cfg.Expired},
	}
}

// Message takes a message of a client. What is in frames must not be changed until the effects are done, nor later if an
// action keeps it (see [Machine.Frames]).
func (s *Server) Message(now time.Time, peer []byte, frames [][]byte) []Effect {
	s.inputs.begin(now)
	s.inputs.frames = frames
	e, err := s.protocol.Parse(frames)
	if err != nil {
		s.stats.Malformed++
		s.protocol.Forget()
		e = Malformed
	}
	m := s.clients[string(peer)]
	switch {
	case errors.Is(err, wire.ErrSignature): // of another protocol: not for us to answer
	case m == nil && len(s.clients) >= s.max:
		s.stats.Refused++
	case m == nil:
		s.greet(peer, e)
	default:
		s.timers.heard(m, s.inputs.now)
		s.run(m, e)
		s.bury(m)
	}
	s.protocol.Forget()
	return s.inputs.end()
}

// greet makes a machine for a client that is new, and keeps it if there was anything to do.
func (s *Server) greet(peer []byte, e Event) {
	m := &Machine{peer: append([]byte(nil), peer...), state: s.protocol.First(), inputs: &s.inputs, stats: &s.stats}
	m.handler = s.protocol.New(m)
	if s.run(m, e) {
		s.clients[string(m.peer)] = m
		s.timers.heard(m, s.inputs.now)
		s.bury(m)
	}
}

// run gives a machine an event. Those that the engine raises itself need not mean anything.
func (s *Server) run(m *Machine, e Event) bool {
	known := m.run(e)
	if !known && !e.ofEngine() {
		s.stats.Ignored++
	}
	return known
}

// Event gives the machine of a client an internal event, the end of work outside for instance. If the client has none
// (any longer) nothing happens.
func (s *Server) Event(now time.Time, peer []byte, e Event) []Effect {
	return s.Resume(now, s.clients[string(peer)], e)
}

// Resume is Event for the very machine that began the work: if that has ended nothing happens, even if its peer has
// another one by now.
func (s *Server) Resume(now time.Time, m *Machine, e Event) []Effect {
	s.inputs.begin(now)
	if m != nil && !m.ended {
		s.run(m, e)
		s.bury(m)
	}
	s.protocol.Forget()
	return s.inputs.end()
}

// Gone tells that a client's connection has ended. Its machine gets the event "expired" and ends.
func (s *Server) Gone(now time.Time, peer []byte) []Effect {
	s.inputs.begin(now)
	if m := s.clients[string(peer)]; m != nil {
		s.expire(m)
	}
	s.protocol.Forget()
	return s.inputs.end()
}

// Tick tells that time has passed. It raises the timers' events that are due.
func (s *Server) Tick(now time.Time) []Effect {
	s.inputs.begin(now)
	for m := s.timers.nextExpired(s.inputs.now); m != nil; m = s.timers.nextExpired(s.inputs.now) {
		s.expire(m)
	}
	for m := s.timers.nextBeat(s.inputs.now); m != nil; m = s.timers.nextBeat(s.inputs.now) {
		s.timers.waitBeat(m, s.inputs.now)
		m.run(Heartbeat)
		s.bury(m)
		s.protocol.Forget()
	}
	return s.inputs.end()
}

// Deadline is when Tick has something to do, if nothing comes before; false: never.
func (s *Server) Deadline() (time.Time, bool) { return s.timers.deadline() }

// Stats counts since the beginning.
func (s *Server) Stats() Stats {
	stats := s.stats
	stats.Clients = len(s.clients)
	return stats
}

func (s *Server) expire(m *Machine) {
	s.stats.Expired++
	m.run(Expired)
	m.ended = true
	s.bury(m)
	s.protocol.Forget()
}

// bury forgets a machine that has ended.
func (s *Server) bury(m *Machine) {
	if !m.ended {
		return
	}
	delete(s.clients, string(m.peer))
	s.timers.remove(m)
	s.inputs.effects = append(s.inputs.effects, Effect{Type: Ended, Peer: m.peer})
}
