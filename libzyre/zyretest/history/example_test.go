package history_test

import (
	"fmt"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// Bob's node loses a whisper and tells the next one. Nothing that was done excuses it.
func Example() {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	alice, bob := zyre.UUID{0xA1}, zyre.UUID{0xB0}

	c := history.New(history.Config{Lag: -1}) // each event is told as it happens
	c.Start(at, alice, "alice")
	c.Start(at, bob, "bob")
	c.Event(at, alice, &zyre.Event{Type: zyre.Enter, Peer: bob})
	c.Event(at, bob, &zyre.Event{Type: zyre.Enter, Peer: alice})

	at = at.Add(time.Second)
	c.Whisper(at, alice, bob)
	second := c.Whisper(at, alice, bob)
	c.Event(at, bob, &zyre.Event{Type: zyre.Whisper, Peer: alice, Msg: [][]byte{second}})

	for _, f := range c.Finish(at.Add(time.Minute)) {
		fmt.Println(f)
	}
	// Output:
	// 00:00:01.000000 lost: bob of alice: was not told the whisper sent 0.000 s ago, but a whisper sent later; no EXIT at either end since, and the call did not fail. bob has run for 1.000 s, alice has run for 1.000 s. bob told of alice, seconds ago: ENTER 1.000, WHISPER 0.000; alice told of bob, seconds ago: ENTER 1.000
}
