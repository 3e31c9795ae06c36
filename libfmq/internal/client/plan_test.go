package client

import (
	"fmt"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
)

// wanting counts how often it is asked what is wanted.
type wanting struct {
	stage
	asked int
}

func (w *wanting) Subscriptions() []Subscription { w.asked++; return w.subs }

// The server is told of many paths one after the other; what to tell it next is not found out anew each time.
func TestManyPaths(t *testing.T) {
	const n = 1000
	w := &wanting{stage: stage{t: t, now: time.Unix(0, 0)}}
	w.dial("")
	w.core = New(Config{Heartbeat: time.Second, Expired: 5 * time.Second, Window: 4_000_000, SASL: w.core.actions.cfg.SASL, Host: w})
	for i := range n {
		w.subs = append(w.subs, Subscription{Path: fmt.Sprint("/", i), Number: uint64(i + 1)})
	}
	said := 0
	do := func(effects []machine.Effect) {
		for _, e := range effects {
			if len(e.Frames) > 0 {
				said++
			}
		}
	}
	recv := func(what string) { do(w.core.Engine().Message(w.now, w.message([]string{what}))) }
	do(w.core.Begin(w.now))
	do(w.core.Engine().Event(w.now, "up"))
	recv("OHAI-OK")
	for range n {
		recv("ICANHAZ-OK")
	}
	if said != n+2 || w.asked != 1 { // OHAI, and credit at the end
		t.Errorf("%d messages, want %d; what is wanted was looked at %d times", said, n+2, w.asked)
	}
	w.subs, w.told = w.subs[:1], 0
	do(w.core.NewPath(w.now))
	for range n - 1 {
		recv("ICANHAZ-OK")
	}
	if said != n+2+n-1 || w.asked != 2 {
		t.Errorf("%d messages, want %d; what is wanted was looked at %d times", said, n+2+n-1, w.asked)
	}
}
