package history

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Observation is one call of a Checker's methods, as a line of JSON: so several
// processes can be judged as one history.
type Observation struct {
	At      time.Time
	Kind    string // "start", "stop", "join", "leave", "whisper", "shout", "failed", "disturb", "calm", "event"
	Node    zyre.UUID
	Peer    zyre.UUID
	Text    string // name, group, what
	How     How
	Payload []byte
	Event   *zyre.Event
}

// Recorder makes Observations with the wall clock. Its methods may be called from any goroutine.
type Recorder struct{ to func(Observation) }

// NewRecorder returns a Recorder; `to` is called with each Observation, one at a time, in order of time.
func NewRecorder(to func(Observation)) *Recorder { return &Recorder{to} }

func (r *Recorder) Start(id zyre.UUID, name string)                     {}
func (r *Recorder) Stop(id zyre.UUID, how How)                          {}
func (r *Recorder) Join(id zyre.UUID, group string)                     {}
func (r *Recorder) Leave(id zyre.UUID, group string)                    {}
func (r *Recorder) Whisper(from, to zyre.UUID) (payload []byte)         { return nil }
func (r *Recorder) Shout(from zyre.UUID, group string) (payload []byte) { return nil }
func (r *Recorder) Failed(payload []byte, err error)                    {}
func (r *Recorder) Disturb(a, b zyre.UUID, what string)                 {}
func (r *Recorder) Calm(a, b zyre.UUID)                                 {}
func (r *Recorder) Event(id zyre.UUID, e *zyre.Event)                   {}

// Collector puts the Observations of several Recorders in order and hands them to a Checker.
type Collector struct{}

// Collect returns a Collector; Observations that come up to window too late are put in order.
func Collect(c *Checker, window time.Duration) *Collector { return &Collector{} }

func (l *Collector) Take(o Observation)  {} // from any goroutine
func (l *Collector) Finish() []Finding   { return nil }
func (l *Collector) Findings() []Finding { return nil }
func (l *Collector) Figures() Figures    { return Figures{} }
