package history

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Config says how strict a Checker is. The zero value is a good one.
type Config struct {
	// Settle is how long after the last disturbance, start, stop, join or leave
	// all views must agree with the truth. Default 10 s.
	Settle time.Duration
	// Lag is how much later than it happened in the node an event may be told
	// here, and how long a call may take to have its effect. Default 1 s, for real
	// nodes; negative: none, for a simulator that tells each event at once.
	Lag time.Duration
}

// How says in which way a node stopped.
type How uint8

const (
	// Goodbye: it was closed, and said so to its peers.
	Goodbye How = iota
	// Killed: it ended without a word.
	Killed
)

// Checker judges a history while it happens.
type Checker struct{ cfg Config }

// New returns a Checker that has seen nothing yet.
func New(cfg Config) *Checker { return &Checker{cfg: cfg} }

func (c *Checker) Start(at time.Time, id zyre.UUID, name string)             {}
func (c *Checker) Stop(at time.Time, id zyre.UUID, how How)                  {}
func (c *Checker) Join(at time.Time, id zyre.UUID, group string)             {}
func (c *Checker) Leave(at time.Time, id zyre.UUID, group string)            {}
func (c *Checker) Whisper(at time.Time, from, to zyre.UUID) (payload []byte) { return []byte{0} }
func (c *Checker) Shout(at time.Time, from zyre.UUID, group string) (payload []byte) {
	return []byte{0}
}
func (c *Checker) Failed(at time.Time, payload []byte, err error)    {}
func (c *Checker) Disturb(at time.Time, a, b zyre.UUID, what string) {}
func (c *Checker) Calm(at time.Time, a, b zyre.UUID)                 {}
func (c *Checker) Event(at time.Time, id zyre.UUID, e *zyre.Event)   {}
func (c *Checker) Finish(at time.Time) []Finding                     { return nil }
func (c *Checker) Findings() []Finding                               { return nil }
func (c *Checker) Figures() Figures                                  { return Figures{} }
