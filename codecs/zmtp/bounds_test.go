package zmtp_test

import (
	"context"
	"encoding/binary"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// begin says that a frame of so many octets comes, and says the first of them.
func begin(octets, first int) []byte {
	b := binary.BigEndian.AppendUint64([]byte{2}, uint64(octets))
	return append(b, make([]byte, first)...)
}

// TestConnections: beyond so many connections, in all or from one address, nobody is admitted until somebody leaves.
func TestConnections(t *testing.T) {
	for _, c := range []struct {
		options zsock.Options
		hosts   []string // the last of them has to wait until the first has left
	}{
		{zsock.Options{Connections: 2}, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}},
		{zsock.Options{ConnectionsPerAddress: 2}, []string{"10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.3", "10.0.0.1"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var n zsocktest.Network
			b := bounded(t, &n, c.options)
			b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
			var conns []net.Conn
			for i, h := range c.hosts {
				conn, err := n.Host(h).Dial(t.Context(), "tcp4", "10.0.0.9:5000")
				if err != nil {
					t.Fatal(err)
				}
				conns = append(conns, come(t, conn, "peer "+strconv.Itoa(i), true))
				want := zsock.Up
				if i == len(c.hosts)-1 {
					want = zsock.Failed
				}
				if e := b.next(want); e.Addr.String() != h || (e.Err != nil) != (want == zsock.Failed) {
					t.Errorf("got %+v", e)
				}
			}
			if s := b.Stats(); s.Crowded != 1 || s.Refused != 1 || s.Connections != len(c.hosts)-1 {
				t.Errorf("Stats: %+v", s)
			}
			conns[0].Close()
			b.next(zsock.Down)
			synctest.Wait()
			conn, err := n.Host(c.hosts[len(c.hosts)-1]).Dial(t.Context(), "tcp4", "10.0.0.9:5000")
			if err != nil {
				t.Fatal(err)
			}
			come(t, conn, "late", true)
			b.next(zsock.Up)
		})
	}
}

// bounded is a set with those bounds at 10.0.0.9.
func bounded(t *testing.T, n *zsocktest.Network, o zsock.Options) *place {
	t.Helper()
	h := n.Host("10.0.0.9")
	s, err := zmtp.Transport{Listen: h.Listen, Dial: h.Dial}.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &place{t: t, Sockets: s, Host: h}
}

// TestUnfinishedWhoGoes: when too much is held, it is the address that holds most where a connection ends, and there the one that
// has been at its message longest.
func TestUnfinishedWhoGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		const chunk = 100_000
		b := bounded(t, &n, zsock.Options{UnfinishedOctets: 2 << 20})
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		write := func(c net.Conn, octets []byte) {
			t.Helper()
			if _, err := c.Write(octets); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		gone := 0
		join := func(host, identity string) net.Conn {
			c, err := n.Host(host).Dial(t.Context(), "tcp4", "10.0.0.9:5000")
			if err != nil {
				t.Fatal(err)
			}
			come(t, c, identity, true)
			for {
				switch e := b.any(); {
				case e.Type == zsock.Up && string(e.Peer) == identity:
					return c
				case e.Type != zsock.Down || string(e.Peer) != "bad "+strconv.Itoa(gone) || !strings.Contains(e.Err.Error(), "memory"):
					t.Fatalf("got %s of %q (%v), want the %d. bad one", e.Type, e.Peer, e.Err, gone)
				}
				gone++
			}
		}
		honest := join("10.0.0.1", "honest")
		write(honest, begin(300_000, chunk)) // before anybody else
		bad := map[string]net.Conn{}
		for i := range 20 {
			name := "bad " + strconv.Itoa(i)
			bad[name] = join("10.0.0.2", name)
			time.Sleep(time.Millisecond)
			write(bad[name], begin(15<<20, chunk))
			if s := b.Stats(); s.Unfinished > 2<<20 {
				t.Fatalf("%d octets are held", s.Unfinished)
			}
		}
		s := b.Stats()
		if s.Swollen < 5 || s.Connections != 21-int(s.Swollen) {
			t.Errorf("Stats: %+v", s)
		}
		for ; gone < int(s.Swollen); gone++ {
			if e := b.next(zsock.Down); string(e.Peer) != "bad "+strconv.Itoa(gone) {
				t.Errorf("got down of %q", e.Peer)
			}
		}
		write(honest, make([]byte, 300_000-chunk))
		e := b.any()
		for e.Type == zsock.Down && string(e.Peer) != "honest" { // it needed more room
			e = b.any()
		}
		if e.Type != zsock.Message || len(e.Frames[0]) != 300_000 {
			t.Errorf("got %s of %q (%v)", e.Type, e.Peer, e.Err)
		}
		for _, c := range bad {
			c.Close()
		}
		synctest.Wait()
		if s := b.Stats(); s.Unfinished != 0 || s.Connections != 1 {
			t.Errorf("Stats: %+v", s)
		}
	})
}

// TestUnfinishedParts: frames of a message that does not end count, empty ones too.
func TestUnfinishedParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := bounded(t, &n, zsock.Options{UnfinishedOctets: 8000})
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		for i, part := range [][]byte{{1, 0}, append([]byte{1, 200}, make([]byte, 200)...)} {
			c, err := n.Host("10.0.0.1").Dial(t.Context(), "tcp4", "10.0.0.9:5000")
			if err != nil {
				t.Fatal(err)
			}
			come(t, c, "x", true)
			b.next(zsock.Up)
			parts := 0
			for ; parts < 1000; parts++ {
				if _, err := c.Write(part); err != nil {
					break
				}
				synctest.Wait()
			}
			if want := []int{8000 / 24, 8000 / 224}[i]; parts < want || parts > want+2 {
				t.Errorf("%d parts of %d octets were held, want %d", parts, len(part)-2, want)
			}
			b.next(zsock.Down)
		}
	})
}

// TestDials: only so many links try to connect at once.
func TestDials(t *testing.T) {
	for _, dials := range []int{0, 2, 10} {
		synctest.Test(t, func(t *testing.T) {
			busy := make(chan struct{}, 100)
			s, err := zmtp.Transport{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				busy <- struct{}{}
				<-ctx.Done()
				return nil, ctx.Err()
			}}.Open(zsock.Options{Dials: dials})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for range 20 {
				if _, err := s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://10.0.0.1:1"}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			want := dials
			if want == 0 {
				want = zsock.DefaultDials
			}
			if len(busy) != want {
				t.Errorf("%d dial at once, want %d", len(busy), want)
			}
		})
	}
}
