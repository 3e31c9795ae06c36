package history

import (
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Recorder makes Observations of real nodes with the wall clock. Its methods are
// those of Checker, without the time, and may be called from any goroutine. One
// Recorder is enough for a process.
type Recorder struct {
	mutex sync.Mutex
	to    func(Observation)
	at    time.Time
	last  map[zyre.UUID]int64 // number of each node's last message
}

// NewRecorder returns a Recorder that hands over each Observation, one at a time,
// each with a later time than the one before.
func NewRecorder(to func(Observation)) *Recorder {
	return &Recorder{to: to, last: make(map[zyre.UUID]int64)}
}

// Start: see Checker.
func (r *Recorder) Start(id zyre.UUID, name string) {
	r.record(Observation{Kind: ObservedStart, Node: id, Text: name})
}

// Stop: see Checker.
func (r *Recorder) Stop(id zyre.UUID, how How) {
	r.record(Observation{Kind: ObservedStop, Node: id, How: how})
}

// Join: see Checker.
func (r *Recorder) Join(id zyre.UUID, group string) {
	r.record(Observation{Kind: ObservedJoin, Node: id, Text: group})
}

// Leave: see Checker.
func (r *Recorder) Leave(id zyre.UUID, group string) {
	r.record(Observation{Kind: ObservedLeave, Node: id, Text: group})
}

// Whisper: see Checker. Only one goroutine at a time may number and send a
// node's messages: else they may be sent in another order.
func (r *Recorder) Whisper(from, to zyre.UUID) []byte {
	return r.message(Observation{Kind: ObservedWhisper, Node: from}, payload{kind: isWhisper, from: from, to: to})
}

// Shout: see Checker and Whisper.
func (r *Recorder) Shout(from zyre.UUID, group string) []byte {
	return r.message(Observation{Kind: ObservedShout, Node: from}, payload{kind: isShout, from: from, group: group})
}

// Failed: see Checker.
func (r *Recorder) Failed(payload []byte, err error) {
	r.record(Observation{Kind: ObservedFailed, Payload: payload, Err: err})
}

// Disturb: see Checker.
func (r *Recorder) Disturb(a, b zyre.UUID, what string) {
	r.record(Observation{Kind: ObservedDisturb, Node: a, Peer: b, Text: what})
}

// Calm: see Checker.
func (r *Recorder) Calm(a, b zyre.UUID) {
	r.record(Observation{Kind: ObservedCalm, Node: a, Peer: b})
}

// Pause: see Checker.
func (r *Recorder) Pause(id zyre.UUID, what string) {
	r.record(Observation{Kind: ObservedPause, Node: id, Text: what})
}

// Continue: see Checker.
func (r *Recorder) Continue(id zyre.UUID) {
	r.record(Observation{Kind: ObservedContinue, Node: id})
}

// Event: see Checker. Read a node's events from one goroutine, so that they are
// recorded in their order.
func (r *Recorder) Event(id zyre.UUID, e *zyre.Event) {
	r.record(Observation{Kind: ObservedEvent, Node: id, Event: e})
}

func (r *Recorder) record(o Observation) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.hand(&o)
}

func (r *Recorder) message(o Observation, p payload) []byte {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	p.number = after(r.last[p.from], time.Now().UnixNano())
	r.last[p.from] = p.number
	o.Payload = p.append(nil)
	r.hand(&o)
	return o.Payload
}

// hand gives it the time: without the monotonic clock, which processes do not
// share.
func (r *Recorder) hand(o *Observation) {
	now := time.Now().Round(0)
	if !now.After(r.at) {
		now = r.at.Add(1)
	}
	r.at, o.At = now, now
	r.to(*o)
}
