package zmtp_test

import (
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// TestUnfinishedAttack has a hundred strangers send almost all of a large frame each: that costs as much memory as is allowed for
// all of them, and disturbs nobody.
func TestUnfinishedAttack(t *testing.T) {
	const strangers, frame, most = 100, 15_900_000, 32 << 20
	in, err := zmtp.Transport{}.Open(zsock.Options{UnfinishedOctets: most})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := in.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", MaxMessage: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	stop, echoed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(echoed)
		for {
			select {
			case <-in.Inbox().Ready():
			case <-stop:
				return
			}
			for _, e := range in.Inbox().Take(nil) {
				if e.Type == zsock.Message {
					r.Send(e.Peer, e.Frames)
				}
			}
		}
	}()
	defer func() { close(stop); <-echoed }()
	honest := newHonest(t, "honest", r.Endpoint())
	honest.exchange(1)
	almost := make([]byte, frame-1)
	before := memory()
	var all sync.WaitGroup
	var conns []net.Conn
	for range strangers {
		var d net.Dialer
		if runtime.GOOS == "linux" { // everything in 127.0.0.0/8 is this machine
			d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}
		}
		c, err := d.Dial("tcp4", r.Endpoint()[len("tcp://"):])
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		all.Go(func() {
			c.Write(zmtp.GreetingAndReady("DEALER", ""))
			c.Write(begin(frame, 0))
			c.Write(almost)
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	used := before
	for under := true; under; {
		select {
		case <-done:
			under = false
		default:
		}
		honest.exchange(10)
		runtime.GC() // twice: buffers to be used again outlive one collection
		used = max(used, memory())
	}
	// While a buffer grows its old one is there too, and what was ended a moment ago may still be.
	if cost := int64(used) - int64(before); cost > 4*most {
		t.Errorf("it cost %d MB", cost>>20)
	}
	if s := in.Stats(); s.Swollen < strangers/2 || s.Unfinished > most {
		t.Errorf("Stats: %+v", s)
	}
	if honest.down > 0 {
		t.Errorf("an honest connection broke %d times", honest.down)
	}
	t.Logf("at most %d MB, %+v", (used-before)>>20, in.Stats())
	for _, c := range conns {
		c.Close()
	}
}
