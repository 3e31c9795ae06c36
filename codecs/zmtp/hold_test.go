package zmtp_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// TestHold: a Pub that holds keeps what it says before anybody is there to want it, up to its bound, and again when a connection has
// broken; what is subscribed to decides as soon as it is known. One that does not hold drops all that.
func TestHold(t *testing.T) {
	for _, hold := range []bool{true, false} {
		t.Run(strconv.FormatBool(hold), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n zsocktest.Network
				a, b := at(t, &n, "10.0.0.1"), at(t, &n, "10.0.0.2")
				l, err := a.Sockets.Dial(zsock.DialOptions{Kind: zsock.Pub, Endpoint: "tcp://10.0.0.2:5000", HighWater: 10, Hold: hold})
				if err != nil {
					t.Fatal(err)
				}
				say := func(text string) {
					if err := l.Send([][]byte{[]byte(text)}); err != nil {
						t.Fatal(err)
					}
				}
				for i := range 15 {
					say("yes " + strconv.Itoa(i))
				}
				if missed, want := zsock.Missed(l), map[bool]int64{true: 5}[hold]; missed != want {
					t.Errorf("%d are missed, want %d", missed, want)
				}
				if _, err := b.Sockets.Listen(zsock.ListenOptions{Kind: zsock.Sub, Endpoint: "tcp://*:5000", Subscribe: [][]byte{[]byte("yes")}}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute) // it is connected, and subscribed to
				say("no")
				say("yes now")
				time.Sleep(time.Second)
				if dropped := b.Stats().Dropped; dropped != 0 {
					t.Errorf("%d were sent that nobody wants", dropped)
				}
				a.Break()
				if hold { // else it depends on whether the end of the connection is known already
					say("yes meanwhile")
				}
				time.Sleep(time.Minute)
				say("yes again")
				time.Sleep(time.Second)
				var want []string
				if hold {
					for i := range 10 {
						want = append(want, "yes "+strconv.Itoa(i))
					}
				}
				if want = append(want, "yes now"); hold {
					want = append(want, "yes meanwhile")
				}
				for _, text := range append(want, "yes again") {
					for {
						if e := b.any(); e.Type != zsock.Message {
							continue
						} else if string(e.Frames[0]) != text {
							t.Fatalf("got %q, want %q", e.Frames[0], text)
						}
						break
					}
				}
			})
		})
	}
}
