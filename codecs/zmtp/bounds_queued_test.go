package zmtp_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// TestQueuedOctets: what is queued for all is bounded; who is slow does not stop who is not, and who waits is told.
func TestQueuedOctets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		const size = 100_000
		const most = 10 * (size + 9)
		a := at(t, &n, "10.0.0.1")
		a.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		b := bounded(t, &n, zsock.Options{QueuedOctets: most})
		dial := func(to string) zsock.Link {
			l, err := b.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: to, Identity: []byte("bob"), SendOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		full := func(l zsock.Link, octets int) bool {
			t.Helper()
			err := l.Send([][]byte{make([]byte, octets)})
			if err != nil && !errors.Is(err, zsock.ErrFull) {
				t.Fatal(err)
			}
			return err != nil
		}
		slow, took := make([]zsock.Link, 20), 0
		for i := range slow { // each within its own bounds
			slow[i] = dial("tcp://10.0.0.77:5000") // nobody is there
			for !full(slow[i], size) {
				took++
			}
		}
		// The first alone has all, then each has its share, a half, a third, and so on, until it is twice the bound.
		if s := b.Stats(); took != 10+5+3+2+1 || s.Queued != int64(took*(size+9)) || s.Queued > 2*most+2*size || s.Clogged == 0 || s.Full == 0 {
			t.Errorf("%d messages were taken; Stats: %+v", took, s)
		}
		fast := dial("tcp://10.0.0.1:5000")
		for a.any().Type != zsock.Up {
		}
		for range 100 {
			if full(fast, 60_000) {
				t.Fatal("who is not slow has to wait")
			}
			a.next(zsock.Message)
			synctest.Wait()
		}
		if !full(fast, size) {
			t.Fatal("there is room for more than a share")
		}
		for _, l := range slow[:2] {
			b.writable(0)
			l.Drop()
		}
		b.writable(0) // more than half is still there
		for _, l := range slow[2:5] {
			l.Drop()
		}
		if got := b.writable(16); got[fast] != 1 || got[slow[5]] != 1 || got[slow[19]] != 1 {
			t.Errorf("got %v", got)
		}
		if full(fast, size) {
			t.Error("no room where there is some")
		}
		a.next(zsock.Message)
		for _, l := range slow[5:] {
			l.Drop()
		}
		synctest.Wait()
		if s := b.Stats(); s.Queued != 0 {
			t.Errorf("Stats: %+v", s)
		}
	})
}

// writable counts, by link, the Writable that have come, and wants so many.
func (p *place) writable(want int) map[zsock.Link]int {
	p.t.Helper()
	synctest.Wait()
	got, n := map[zsock.Link]int{}, 0
	for _, e := range p.Inbox().Take(nil) {
		if e.Type == zsock.Writable {
			got[e.Link]++
			n++
		}
	}
	if n != want {
		p.t.Errorf("%d links are writable, want %d", n, want)
	}
	return got
}

// TestLargerThanAll: a message that is larger than all that may be queued goes alone.
func TestLargerThanAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := bounded(t, &n, zsock.Options{QueuedOctets: 1000})
		var links []zsock.Link
		for range 2 {
			l, err := b.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://10.0.0.77:5000"})
			if err != nil {
				t.Fatal(err)
			}
			links = append(links, l)
		}
		large := [][]byte{make([]byte, 200_000)}
		if err := links[0].Send(large); err != nil {
			t.Error(err)
		}
		if err := links[1].Send([][]byte{make([]byte, 600)}); err != nil {
			t.Errorf("a short message to who has nothing: %v", err)
		}
		if err := links[1].Send(large); !errors.Is(err, zsock.ErrFull) {
			t.Errorf("got %v, want ErrFull", err)
		}
		b.writable(0)
		if err := links[1].Redial("tcp://10.0.0.78:5000"); err != nil {
			t.Error(err)
		}
		links[0].Drop()
		b.writable(0) // its own is still there
		links[1].Drop()
		l, err := b.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://10.0.0.77:5000"})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Send(large); err != nil {
			t.Error(err)
		}
	})
}

// TestShareInHands: who has its share in the writer's hands is told when that has left, even if all the others have not moved.
func TestShareInHands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := bounded(t, &n, zsock.Options{QueuedOctets: 1 << 20})
		nl, err := n.Host("10.0.0.3").Listen(t.Context(), "tcp4", "0.0.0.0:5000")
		if err != nil {
			t.Fatal(err)
		}
		defer nl.Close()
		slow, err := b.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://10.0.0.77:5000"})
		if err != nil {
			t.Fatal(err)
		}
		if err := slow.Send([][]byte{make([]byte, 1<<20)}); err != nil {
			t.Fatal(err)
		}
		l, err := b.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://10.0.0.3:5000"})
		if err != nil {
			t.Fatal(err)
		}
		c, err := nl.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go c.Write(zmtp.GreetingAndReady("ROUTER", ""))
		if _, err := io.ReadFull(c, make([]byte, len(zmtp.GreetingAndReady("DEALER", "")))); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := l.Send([][]byte{make([]byte, 500_000)}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the writer has it
		if err := l.Send([][]byte{make([]byte, 100_000)}); !errors.Is(err, zsock.ErrFull) {
			t.Fatalf("got %v, want ErrFull", err)
		}
		b.writable(0)
		go io.Copy(io.Discard, c)
		if got := b.writable(1); got[l] != 1 {
			t.Errorf("got %v", got)
		}
		if err := l.Send([][]byte{make([]byte, 100_000)}); err != nil {
			t.Error(err)
		}
	})
}

// TestLargerThanAllInTurn: two messages that are each larger than all that may be queued go one after the other.
func TestLargerThanAllInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := bounded(t, &n, zsock.Options{QueuedOctets: 1000})
		var links []zsock.Link
		for range 2 {
			l, err := b.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://10.0.0.77:5000"})
			if err != nil {
				t.Fatal(err)
			}
			links = append(links, l)
		}
		large := [][]byte{make([]byte, 200_000)}
		if err := links[0].Send(large); err != nil {
			t.Error(err)
		}
		if err := links[1].Send(large); !errors.Is(err, zsock.ErrFull) {
			t.Errorf("got %v, want ErrFull", err)
		}
		links[0].Drop()
		if got := b.writable(1); got[links[1]] != 1 {
			t.Errorf("got %v", got)
		}
		if err := links[1].Send(large); err != nil {
			t.Error(err)
		}
	})
}
