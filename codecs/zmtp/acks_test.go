package zmtp_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// knowing is a connection that knows what is outstanding.
type knowing struct {
	net.Conn
	outstanding time.Duration
}

func (k knowing) Unacknowledged() time.Duration { return k.outstanding }

// TestUnacknowledgedByConnection: a connection of a test answers for itself, and one that does not know says nothing.
func TestUnacknowledgedByConnection(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	for _, known := range []bool{true, false} {
		out := real(t, zmtp.Transport{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			if err == nil && known {
				return knowing{c, 7 * time.Second}, nil
			}
			return struct{ net.Conn }{c}, err
		}}, zsock.Options{})
		l := out.dial(zsock.DialOptions{Endpoint: r.Endpoint()})
		out.next(zsock.Up)
		if got, want := zsock.Unacknowledged(l), 7*time.Second; known && got != want || !known && got != -1 {
			t.Errorf("known is %t: got %v", known, got)
		}
		l.Drop()
		in.next(zsock.Up)
		in.next(zsock.Down)
	}
	s := real(t, zmtp.Transport{}, zsock.Options{})
	s.listen(zsock.ListenOptions{Endpoint: "inproc://here"})
	l := s.dial(zsock.DialOptions{Endpoint: "inproc://here"})
	s.next(zsock.Up)
	if got := zsock.Unacknowledged(l); got != 0 {
		t.Errorf("within the process: %v", got)
	}
	if got := zsock.Unacknowledged(nil); got != -1 {
		t.Errorf("a link that cannot know it: %v", got)
	}
}
