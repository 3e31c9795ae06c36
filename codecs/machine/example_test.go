package machine_test

import (
	"fmt"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
)

// bell is what zproto makes out of a model, by hand and as small as can be: each RING is answered by the number of rings so far.
type bell struct{ frames [][]byte }

func (*bell) First() machine.State { return "waiting" }
func (*bell) Forget()              {}

func (b *bell) Parse(frames [][]byte) (machine.Event, error) {
	if len(frames) != 1 || string(frames[0]) != "RING" {
		return "", fmt.Errorf("%q is no message", frames)
	}
	return "RING", nil
}

func (b *bell) New(m *machine.Machine) machine.Handler { return &ringing{Machine: m} }

// ringing is the conversation with one client.
type ringing struct {
	*machine.Machine
	count int
}

func (r *ringing) On(s machine.State, e machine.Event) machine.State {
	switch e {
	case "RING":
		r.count++
		r.SendFrames([][]byte{fmt.Append(nil, r.count)}, nil)
	case machine.Expired:
		r.Terminate()
	default:
		return "" // means nothing here
	}
	return s
}

// An engine has no goroutine, socket or clock: who uses it says what came in and what time it is, and does what follows.
func Example() {
	server := machine.NewServer(machine.Config{Heartbeat: -1, Expired: time.Minute}, &bell{})
	now := time.Unix(0, 0)
	show := func(effects []machine.Effect) {
		for _, e := range effects {
			switch e.Type {
			case machine.Send:
				fmt.Printf("to %s: %s\n", e.Peer, e.Frames)
			case machine.Ended:
				fmt.Printf("%s is gone\n", e.Peer)
			}
		}
	}
	ring := [][]byte{[]byte("RING")}
	show(server.Message(now, []byte("alice"), ring))
	show(server.Message(now, []byte("bob"), ring))
	show(server.Message(now.Add(30*time.Second), []byte("alice"), ring))
	for at, ok := server.Deadline(); ok; at, ok = server.Deadline() {
		show(server.Tick(at)) // a minute and a half, at once
	}
	// Output:
	// to alice: [1]
	// to bob: [1]
	// to alice: [2]
	// bob is gone
	// alice is gone
}
