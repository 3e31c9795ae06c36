package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// What an Observation is: one for each method of Checker.
const (
	ObservedStart    = "start"
	ObservedStop     = "stop"
	ObservedJoin     = "join"
	ObservedLeave    = "leave"
	ObservedWhisper  = "whisper"
	ObservedShout    = "shout"
	ObservedFailed   = "failed"
	ObservedDisturb  = "disturb"
	ObservedCalm     = "calm"
	ObservedPause    = "pause"
	ObservedContinue = "continue"
	ObservedEvent    = "event"
)

// Observation is one call of a Checker, as a value. In JSON it is an object on one
// line, which a process writes and another one reads.
type Observation struct {
	At      time.Time   // when
	Kind    string      // one of the constants
	Node    zyre.UUID   // who; Disturb, Calm: the one
	Peer    zyre.UUID   // Disturb, Calm: the other
	Text    string      // Start: name; Join, Leave: group; Disturb, Pause: what
	How     How         // Stop
	Payload []byte      // Whisper, Shout, Failed
	Err     error       // Failed
	Event   *zyre.Event // Event: what was told
}

// line is an Observation in JSON.
type line struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Node    zyre.UUID `json:"node,omitzero"`
	Peer    zyre.UUID `json:"peer,omitzero"`
	Type    string    `json:"type,omitempty"`
	Text    string    `json:"text,omitempty"`
	Payload []byte    `json:"payload,omitempty"`
	Cause   string    `json:"cause,omitempty"`
	Error   string    `json:"error,omitempty"`
}

// MarshalJSON writes an object. Of an event's message it keeps the first frame,
// and that only if a Checker or Recorder made it.
func (o Observation) MarshalJSON() ([]byte, error) {
	l := line{At: o.At.UTC(), Kind: o.Kind, Node: o.Node, Peer: o.Peer, Text: o.Text, Payload: o.Payload}
	if o.Kind == ObservedStop {
		l.Text = o.How.String()
	}
	err := o.Err
	if e := o.Event; e != nil {
		l.Peer, l.Type, l.Text, err = e.Peer, e.Type.String(), e.Group, e.Cause
		if len(e.Msg) > 0 {
			if _, ok := parsePayload(e.Msg[0]); ok {
				l.Payload = e.Msg[0]
			}
		}
	}
	if err != nil {
		l.Cause, l.Error = causes[causeIndex(err)].name, err.Error()
	}
	return json.Marshal(l)
}

// UnmarshalJSON reads what MarshalJSON wrote. Causes are met with errors.Is as
// before.
func (o *Observation) UnmarshalJSON(data []byte) error {
	var l line
	if err := json.Unmarshal(data, &l); err != nil {
		return err
	}
	*o = Observation{At: l.At, Kind: l.Kind, Node: l.Node, Peer: l.Peer, Text: l.Text, Payload: l.Payload, Err: l.err()}
	switch l.Kind {
	case ObservedStart, ObservedJoin, ObservedLeave, ObservedWhisper, ObservedShout, ObservedFailed, ObservedDisturb, ObservedCalm, ObservedPause, ObservedContinue:
	case ObservedStop:
		o.Text = ""
		if l.Text == Killed.String() {
			o.How = Killed
		}
	case ObservedEvent:
		kind, ok := eventType(l.Type)
		if !ok {
			return fmt.Errorf("history: an event of type %q: there is none", l.Type)
		}
		o.Event = &zyre.Event{Type: kind, Peer: l.Peer, Group: l.Text, Cause: o.Err}
		if kind == zyre.Whisper || kind == zyre.Shout {
			o.Event.Msg = [][]byte{l.Payload}
		}
		o.Peer, o.Text, o.Payload, o.Err = zyre.UUID{}, "", nil, nil
	default:
		return fmt.Errorf("history: an observation of kind %q: there is none", l.Kind)
	}
	return nil
}

func eventType(name string) (zyre.EventType, bool) {
	for t := zyre.Enter; t <= zyre.Stop; t++ {
		if t.String() == name {
			return t, true
		}
	}
	return 0, false
}

// toldError is an error as another process told it.
type toldError struct {
	text string
	is   error
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.is }

func (l *line) err() error {
	for _, c := range causes {
		if c.err != nil && c.name == l.Cause {
			return &toldError{l.Error, c.err}
		}
	}
	switch l.Cause {
	case "", causes[0].name:
		return nil
	}
	return errors.New(l.Error)
}

// Observe is the call that an Observation stands for.
func (c *Checker) Observe(o *Observation) {
	switch o.Kind {
	case ObservedStart:
		c.Start(o.At, o.Node, o.Text)
	case ObservedStop:
		c.Stop(o.At, o.Node, o.How)
	case ObservedJoin:
		c.Join(o.At, o.Node, o.Text)
	case ObservedLeave:
		c.Leave(o.At, o.Node, o.Text)
	case ObservedWhisper, ObservedShout:
		if p, ok := parsePayload(o.Payload); ok {
			c.send(o.At, &p)
		}
	case ObservedFailed:
		c.Failed(o.At, o.Payload, o.Err)
	case ObservedDisturb:
		c.Disturb(o.At, o.Node, o.Peer, o.Text)
	case ObservedCalm:
		c.Calm(o.At, o.Node, o.Peer)
	case ObservedPause:
		c.Pause(o.At, o.Node, o.Text)
	case ObservedContinue:
		c.Continue(o.At, o.Node)
	case ObservedEvent:
		if o.Event != nil {
			c.Event(o.At, o.Node, o.Event)
		}
	}
}
