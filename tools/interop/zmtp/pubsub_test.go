package zmtp

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// wants is what the subscribers of these tests want.
const wants = "weather"

// Their PUB says much, and our Sub hears what it wants, in order and without a gap.
func TestTheirPub(t *testing.T) {
	subscribe := [][]byte{[]byte(wants)}
	t.Run("bind", func(t *testing.T) {
		eachBrand(t, every, func(t *testing.T, b brand) {
			pub := b.open(t, "PUB", "bind", "tcp://127.0.0.1:*")
			o := open(t)
			o.dial(zsock.DialOptions{Kind: zsock.Sub, Endpoint: pub.endpoint(), Subscribe: subscribe})
			hearAll(t, o, pub)
		})
	})
	t.Run("connect", func(t *testing.T) {
		eachBrand(t, every, func(t *testing.T, b brand) {
			o := open(t)
			l := o.listen(zsock.ListenOptions{Kind: zsock.Sub, Subscribe: subscribe})
			hearAll(t, o, b.open(t, "PUB", "connect", l.Endpoint()))
		})
	})
}

func hearAll(t *testing.T, o *ours, pub *theirs) {
	t.Helper()
	const many = 10_000
	o.until(zsock.Up)
	// Nobody knows when a subscription has arrived: until then they repeat themselves.
	stop := repeatedly(t, func() error { return pub.do("send", wants, "none") })
	first := o.until(zsock.Message)
	stop()
	pub.says("send", "sport", "chess")
	pub.says("flood", strconv.Itoa(many), wants)
	next := 1
	for e := first; ; e = o.event() {
		if e.Type != zsock.Message || len(e.Frames) != 2 || string(e.Frames[0]) != wants {
			t.Fatalf("got %s %q, %v", e.Type, e.Frames, e.Err)
		}
		if got := string(e.Frames[1]); got == "none" && next == 1 {
			continue
		} else if got != strconv.Itoa(next) {
			t.Fatalf("got %s, want %d", got, next)
		}
		if next++; next > many {
			return
		}
	}
}

// Our Pub says something, and their SUB hears what it wants, in order and without a gap.
func TestTheirSub(t *testing.T) {
	t.Run("bind", func(t *testing.T) {
		eachBrand(t, every, func(t *testing.T, b brand) {
			sub := b.open(t, "SUB", "bind", "tcp://127.0.0.1:*", "subscribe", wants)
			l := open(t).dial(zsock.DialOptions{Kind: zsock.Pub, Endpoint: sub.endpoint()})
			sayAll(t, sub, l.Send)
		})
	})
	t.Run("connect", func(t *testing.T) {
		eachBrand(t, every, func(t *testing.T, b brand) {
			l := open(t).listen(zsock.ListenOptions{Kind: zsock.Pub})
			sub := b.open(t, "SUB", "connect", l.Endpoint(), "subscribe", wants)
			sayAll(t, sub, func(frames [][]byte) error { return l.Send(nil, frames) })
		})
	})
}

func sayAll(t *testing.T, sub *theirs, send func(frames [][]byte) error) {
	t.Helper()
	const some = 500 // fewer than any queue takes
	say := func(frames ...string) {
		t.Helper()
		if err := send(octets(frames...)); err != nil {
			t.Fatal(err)
		}
	}
	stop := repeatedly(t, func() error { return send(octets(wants, "none")) })
	sub.tells("MESSAGE")
	stop()
	say("sport", "chess")
	big := strings.Repeat("x", 70_000)
	for i := range some {
		say(wants, strconv.Itoa(i))
	}
	say(wants, big)
	for i := range some + 1 {
		want := []string{wants, strconv.Itoa(i)}
		if i == some {
			want[1] = big
		}
		e := sub.tells("MESSAGE")
		for i == 0 && slices.Equal(e.Msg, []string{wants, "none"}) {
			e = sub.tells("MESSAGE")
		}
		if !slices.Equal(e.Msg, want) {
			t.Fatalf("they got %.60q, want %.60q", e.Msg, want)
		}
	}
}

// repeatedly does something again and again until it fails, or is told to stop, or the test ends.
func repeatedly(t *testing.T, do func() error) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	stop = sync.OnceFunc(func() { close(end); <-ended })
	t.Cleanup(stop)
	go func() {
		defer close(ended)
		for {
			if err := do(); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-end:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return stop
}
