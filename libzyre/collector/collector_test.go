package collector_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/collector"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

func listen(t *testing.T, cfg collector.Config) *collector.Collector {
	t.Helper()
	cfg.Bind = loopback
	c, err := collector.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// publisher sends to a collector.
func publisher(t *testing.T, c *collector.Collector) zsock.Link {
	t.Helper()
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sockets.Close() })
	l, err := sockets.Dial(zsock.DialOptions{Kind: zsock.Pub, Endpoint: c.Endpoint(), HighWater: 2000, Hold: true, Linger: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func send(t *testing.T, l zsock.Link, frames ...[]byte) {
	t.Helper()
	if err := l.Send(frames); err != nil {
		t.Fatal(err)
	}
}

func record(t *testing.T, m zrelog.Message) []byte {
	t.Helper()
	m.ID = zrelog.IDLog
	octets, err := m.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// receive waits for so many records.
func receive(t *testing.T, c *collector.Collector, n int) (got []collector.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for len(got) < n {
		records, err := c.Receive(ctx)
		if err != nil {
			t.Fatalf("%v; got %d records of %d", err, len(got), n)
		}
		got = append(got, records...)
	}
	return got
}

// TestReceive takes everything that is a record, whatever its fields hold, and counts what is none (rfcs/zrelog, 5).
func TestReceive(t *testing.T) {
	c := listen(t, collector.Config{})
	l := publisher(t, c)
	began := time.Now()
	odd := "\x00\x1b[2J\n\xff"
	whole := record(t, zrelog.Message{Level: 200, Event: 99, Node: 1, Peer: 2, Time: 1_700_000_000, Data: []byte(odd)})
	send(t, l, whole)
	send(t, l, whole[:len(whole)-1])
	send(t, l, append(whole[:len(whole):len(whole)], 0))
	send(t, l, whole, []byte("another frame"))
	send(t, l, whole, nil, nil)
	send(t, l, []byte{0xAA, 0xA2, 2, 3})
	send(t, l, []byte{0xAA, 0xA2, 1})
	send(t, l, []byte("not of this protocol"))
	send(t, l, nil)
	for i := range 1000 {
		send(t, l, record(t, zrelog.Message{Level: zrelog.LevelInfo, Event: zrelog.EventJoin, Node: 1, Time: 1_700_000_000_123, Data: []byte(strconv.Itoa(i))}))
	}
	got := receive(t, c, 1001)
	if r := got[0]; r.Level != 200 || r.Event != 99 || r.Node != 1 || r.Peer != 2 || r.Text != odd || !r.Time.Equal(time.Unix(1_700_000_000, 0)) || r.From != loopback ||
		r.Received.Before(began) || r.Received.After(time.Now()) {
		t.Errorf("got %+v", r)
	}
	for i, r := range got[1:] {
		if r.Text != strconv.Itoa(i) || !r.Time.Equal(time.UnixMilli(1_700_000_000_123)) {
			t.Fatalf("record %d is %+v", i, r)
		}
	}
	// The transport passes over what has too many frames, and over what nobody subscribed to;
	// of that a publisher sends nothing as soon as it knows, which may be before the first message.
	if s := c.Stats(); s.Records != 1001 || s.Malformed != 4 || s.Strangers < 1 || s.Strangers > 4 || s.Connections != 1 {
		t.Errorf("Stats are %+v", s)
	}
}

// TestLevels: of other levels nothing is even sent.
func TestLevels(t *testing.T) {
	c := listen(t, collector.Config{Levels: []uint8{collector.Error, collector.Warning}})
	l := publisher(t, c)
	say := func(level uint8, text string) {
		send(t, l, record(t, zrelog.Message{Level: level, Data: []byte(text)}))
	}
	for deadline := time.Now().Add(10 * time.Second); ; { // the publisher does not know our subscriptions at first
		before := c.Stats().Strangers
		say(collector.Info, "no")
		say(collector.Error, "first")
		if receive(t, c, 1); c.Stats().Strangers == before {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("what is not wanted is sent all the time")
		}
	}
	before := c.Stats().Strangers
	for range 100 {
		say(collector.Info, "no")
		say(7, "no")
	}
	say(collector.Warning, "second")
	if got := receive(t, c, 1); got[0].Text != "second" || got[0].Level != collector.Warning {
		t.Errorf("got %+v", got)
	}
	if s := c.Stats(); s.Strangers != before {
		t.Errorf("%d came that nobody wants", s.Strangers-before)
	}
	if _, err := collector.Listen(collector.Config{Levels: []uint8{0}}); err == nil || !strings.Contains(err.Error(), "Levels") {
		t.Errorf("level 0: %v", err)
	}
}

func TestPorts(t *testing.T) {
	c := listen(t, collector.Config{})
	_, text, _ := strings.Cut(strings.TrimPrefix(c.Endpoint(), "tcp://"), ":")
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port < 49152 {
		t.Errorf("it is at %s: %v", c.Endpoint(), err)
	}
	if _, err := collector.Listen(collector.Config{Bind: loopback, Port: uint16(port)}); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), fmt.Sprint(port)) {
		t.Errorf("a port that is taken: %v", err)
	}
}

func TestClose(t *testing.T) {
	c := listen(t, collector.Config{})
	ended := make(chan error)
	go func() {
		_, err := c.Receive(t.Context())
		ended <- err
	}()
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-ended; !errors.Is(err, collector.ErrClosed) {
		t.Errorf("Receive: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := listen(t, collector.Config{}).Receive(ctx); err != cause {
		t.Errorf("Receive: %v", err)
	}
}
