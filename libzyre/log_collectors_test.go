package zyre_test

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// TestCollectors: each of several gets everything, and one that leaves is missed by nobody.
func TestCollectors(t *testing.T) {
	cfg := config(t)
	node := zyretest.Start(t, cfg)
	one, two := collect(t, cfg, collector.Config{}), collect(t, cfg, collector.Config{})
	reported(t, node, one)
	reported(t, node, two)
	node.Join("both")
	one.event(zyre.LogInfo, zrelog.EventJoin, node, nil, "both")
	two.event(zyre.LogInfo, zrelog.EventJoin, node, nil, "both")
	two.Close()
	one.event(zyre.LogInfo, zrelog.EventExit, node, two.Node, zyre.ErrGoodbye.Error())
	if n := node.Stats().Collectors; n != 1 {
		t.Errorf("%d collectors", n)
	}
	one.Close()
	zyretest.Next(t, node, zyre.Exit)
	zyretest.Next(t, node, zyre.Exit)
	if n := node.Stats().Collectors; n != 0 {
		t.Errorf("%d collectors", n)
	}
}

// TestCollectorComesBack: a socket that is bound anew gets what happens from then on; a node that is started anew, at another port, too.
func TestCollectorComesBack(t *testing.T) {
	cfg := config(t)
	node := zyretest.Start(t, cfg)
	cfg.UUID = zyre.NewUUID()
	c := collect(t, cfg, collector.Config{})
	reported(t, node, c)

	_, port, err := net.SplitHostPort(strings.TrimPrefix(c.from.Endpoint(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	c.from.Close()
	node.Join("while it is away")
	again, err := collector.Listen(collector.Config{Port: uint16(number), Transport: cfg.Transport})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	c.from = again
	reported(t, node, c)
	node.Join("same port")
	c.event(zyre.LogInfo, zrelog.EventJoin, node, nil, "same port")

	c.Close()
	other := collect(t, cfg, collector.Config{})
	if other.from.Endpoint() == again.Endpoint() {
		t.Fatal("it is the same port")
	}
	zyretest.Next(t, node, zyre.Exit)
	zyretest.Next(t, node, zyre.Enter)
	reported(t, node, other)
	node.Join("other port")
	other.event(zyre.LogInfo, zrelog.EventJoin, node, nil, "other port")
}

// TestCollectorHearsAllFromTheBeginning: what happened while its socket was not bound yet comes, as far as the transport keeps that.
func TestCollectorHearsAllFromTheBeginning(t *testing.T) {
	cfg := config(t)
	if cfg.Transport.String() != "zmtp" {
		t.Skip("libzmq forgets what nobody is subscribed to yet")
	}
	node := zyretest.Start(t, cfg)
	l, err := net.Listen("tcp4", "127.0.0.1:0") // a port that is free afterwards
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	cfg.Headers = map[string]string{collector.Header: fmt.Sprintf("tcp://127.0.0.1:%d", port)}
	offers := zyretest.Start(t, cfg)
	zyretest.Next(t, node, zyre.Enter)
	for i := range 100 {
		if err := node.LogText(zyre.LogInfo, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	from, err := collector.Listen(collector.Config{Port: port, Transport: cfg.Transport})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	c := &collecting{Node: offers, tb: t, from: from}
	c.event(zyre.LogInfo, zrelog.EventEnter, node, offers, addr(t, offers, node)+" "+offers.Name())
	next := 0
	for next < 100 {
		if r := c.until("a text", func(r collector.Record) bool { return r.Event == 0 }); r.Text != fmt.Sprint(next) {
			t.Fatalf("got %q in place of %d", r.Text, next)
		}
		next++
	}
}

// TestCollectorThatDoesNotRead: it makes nobody wait, and when it reads it is told how many records it missed.
func TestCollectorThatDoesNotRead(t *testing.T) {
	cfg := config(t)
	node := zyretest.Start(t, cfg)
	c, other := collect(t, cfg, collector.Config{}), collect(t, cfg, collector.Config{Levels: []uint8{collector.Error}})
	reported(t, node, c)
	reported(t, node, other)
	rest := strings.Repeat("x", 240)
	said := 0
	for beyond := 0; beyond < 1000; said++ {
		if err := node.LogText(zyre.LogInfo, rest); err != nil {
			t.Fatal(err)
		}
		if beyond > 0 || said%1000 == 0 && node.Stats().RecordsDropped > 0 {
			beyond++
		}
		if said > 1_000_000 {
			t.Fatal("a million records are kept for a collector that does not read")
		}
	}
	if err := node.LogText(zyre.LogError, "the other hears"); err != nil {
		t.Fatal(err)
	}
	other.event(zyre.LogError, 0, node, nil, "the other hears")

	// It begins to read, while more is said: what comes, and what it is told that it missed, are all.
	ended, end := make(chan int), make(chan struct{})
	go func() {
		more := 0
		for {
			select {
			case <-end:
				ended <- more
				return
			case <-time.After(time.Millisecond):
				node.LogText(zyre.LogInfo, "more")
				more++
			}
		}
	}()
	heard, missed := 0, 0
	from := zrelog.Hash(node.UUID().String())
	count := func(r collector.Record) {
		if text, ok := strings.CutPrefix(r.Text, "dropped="); ok && r.Node == from {
			n, err := strconv.Atoi(text)
			if err != nil || n <= 0 {
				t.Errorf("it is told %q", r.Text)
			}
			missed += n
		} else if r.Event == 0 && r.Text != "hear me" && r.Node == from {
			heard++
		}
	}
	c.until("rest of the records", func(r collector.Record) bool {
		count(r)
		return missed > 0 && heard+missed >= said
	})
	close(end)
	said += 1 + <-ended
	for heard+missed < said { // what is missed now is told with the next record
		node.LogText(zyre.LogInfo, "the last")
		said++
		c.until("record", func(r collector.Record) bool {
			count(r)
			return r.Text == "the last" || heard+missed >= said
		})
	}
	const stats = 5 // records of STATS that may be among those missed
	if heard == 0 || heard+missed > said+stats || uint64(missed) != node.Stats().RecordsDropped {
		t.Errorf("of %d records %d came, and %d are told as missed; the node counts %d", said, heard, missed, node.Stats().RecordsDropped)
	}
}

// TestCollectorElsewhere: a header can aim the node at nobody else's host, and nonsense in it costs nothing.
func TestCollectorElsewhere(t *testing.T) {
	cfg := config(t)
	node := zyretest.Start(t, cfg)
	for _, header := range []string{"", "nonsense", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "udp://127.0.0.1:7", strings.Repeat("tcp://x:", 1000), "tcp://127.0.0.1:-1"} {
		cfg.Headers = map[string]string{collector.Header: header}
		peer := zyretest.Start(t, cfg)
		zyretest.Next(t, node, zyre.Enter)
		if n := node.Stats().Collectors; n != 0 {
			t.Errorf("%.50q: %d collectors", header, n)
		}
		peer.Close()
		zyretest.Next(t, node, zyre.Exit)
	}
	from, err := collector.Listen(collector.Config{Bind: netip.MustParseAddr("127.0.0.1"), Transport: cfg.Transport})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(from.Endpoint(), "tcp://"))
	cfg.Headers = map[string]string{collector.Header: "tcp://192.0.2.1:" + port}
	c := &collecting{Node: zyretest.Start(t, cfg), tb: t, from: from}
	reported(t, node, c) // at the peer's own address
}
