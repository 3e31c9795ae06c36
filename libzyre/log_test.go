package zyre_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// collecting is a node with a collector, and what that has got.
type collecting struct {
	*zyre.Node
	tb      testing.TB
	from    *collector.Collector
	waiting []collector.Record
}

// collect starts one.
func collect(tb testing.TB, cfg zyre.Config, listen collector.Config) *collecting {
	tb.Helper()
	listen.Transport = cfg.Transport
	from, err := collector.Listen(listen)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { from.Close() })
	cfg.Headers = map[string]string{collector.Header: from.Endpoint()}
	return &collecting{Node: zyretest.Start(tb, cfg), tb: tb, from: from}
}

// until passes over records until one comes that is wanted, which it returns.
func (c *collecting) until(what string, wanted func(collector.Record) bool) collector.Record {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), zyretest.Deadline)
	defer cancel()
	var others []string
	for {
		for i, r := range c.waiting {
			if wanted(r) {
				c.waiting = c.waiting[i+1:]
				return r
			}
			others = append(others, line(r))
		}
		var err error
		if c.waiting, err = c.from.Receive(ctx); err != nil {
			c.tb.Fatalf("no %s came: %v; but %q", what, err, others)
		}
	}
}

// event passes over records until one of an event and a text comes.
func (c *collecting) event(level zyre.LogLevel, event uint8, of, peer *zyre.Node, text string) collector.Record {
	c.tb.Helper()
	var about uint16
	if peer != nil {
		about = zrelog.Hash(peer.UUID().String())
	}
	want := line(collector.Record{Level: uint8(level), Event: event, Node: zrelog.Hash(of.UUID().String()), Peer: about, Text: text})
	return c.until(want, func(r collector.Record) bool { return line(r) == want })
}

func line(r collector.Record) string {
	return fmt.Sprintf("%s %s %04X %04X %q", zrelog.LevelName(r.Level), zrelog.EventName(r.Event), r.Node, r.Peer, r.Text)
}

// addr is where one node knows another.
func addr(tb testing.TB, of, at *zyre.Node) string {
	tb.Helper()
	peers := at.Peers()
	i := slices.IndexFunc(peers, func(p zyre.Peer) bool { return p.UUID == of.UUID() })
	if i < 0 {
		tb.Fatalf("%s does not know %s", at.Name(), of.Name())
	}
	return peers[i].Addr
}

// TestReports: what happens to a node reaches a collector, from the moment when the node meets it.
func TestReports(t *testing.T) {
	cfg := config(t)
	cfg.Name = "watched"
	node := zyretest.Start(t, cfg)
	cfg.Name = "the collector"
	began := time.Now()
	c := collect(t, cfg, collector.Config{})
	zyretest.Next(t, node, zyre.Enter)
	if transport.String() == "zmtp" { // libzmq passes over what is sent before it knows the subscriptions
		r := c.event(zyre.LogInfo, zrelog.EventEnter, node, c.Node, addr(t, c.Node, node)+" the collector")
		if d := r.Time.Sub(began); d < -time.Second || d > time.Minute {
			t.Errorf("it happened at %v, %v after the beginning", r.Time, d)
		}
		if !r.From.IsLoopback() {
			t.Errorf("it came from %v", r.From)
		}
	}
	stats := c.until("STATS", func(r collector.Record) bool { return r.Event == zrelog.EventStats })
	if want := "peers=1 in=0 out=0 queue="; !strings.HasPrefix(stats.Text, want) || !strings.HasSuffix(stats.Text, " dropped=0 octets-in=0 octets-out=0") {
		t.Errorf("STATS are %q", stats.Text)
	}
	node.Join("G")
	c.event(zyre.LogInfo, zrelog.EventJoin, node, nil, "G")
	node.Join("G") // changes nothing
	node.Leave("G")
	if r := c.until("JOIN or LEAVE", func(r collector.Record) bool { return r.Event == zrelog.EventJoin || r.Event == zrelog.EventLeave }); r.Event != zrelog.EventLeave || r.Text != "G" || r.Peer != 0 {
		t.Errorf("joining twice, and leaving, is told as %s", line(r))
	}

	cfg.Name = "third \x1b[2J\n" + strings.Repeat("ü", 110)
	third := zyretest.Start(t, cfg)
	zyretest.Next(t, node, zyre.Enter)
	c.event(zyre.LogInfo, zrelog.EventEnter, node, third, zrelog.Cut(addr(t, third, node)+" "+third.Name(), 255))
	third.Join("H")
	c.event(zyre.LogInfo, zrelog.EventJoin, node, third, "H")
	third.Leave("H")
	c.event(zyre.LogInfo, zrelog.EventLeave, node, third, "H")
	third.Close()
	c.event(zyre.LogInfo, zrelog.EventExit, node, third, zyre.ErrGoodbye.Error())
	node.Close()
	c.event(zyre.LogInfo, 0, node, nil, "STOP")
	if got := node.Stats(); got.Records == 0 || got.RecordsDropped != 0 {
		t.Errorf("%d records, %d dropped", got.Records, got.RecordsDropped)
	}
}

// TestLogText: what an application says arrives whole, and what is too long is refused.
func TestLogText(t *testing.T) {
	cfg := config(t)
	node := zyretest.Start(t, cfg)
	if err := node.LogText(zyre.LogInfo, "nobody hears it"); err != nil {
		t.Error(err)
	}
	c := collect(t, cfg, collector.Config{})
	reported(t, node, c)
	for _, text := range []string{"", "one", "two\nlines\r\n\ttab", "NUL\x00in it", "\x1b[31mred", "\xff\xfe", strings.Repeat("a", 255), strings.Repeat("日本", 600), strings.Repeat("x", 4096)} {
		if err := node.LogText(zyre.LogWarning, text); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
		var got string
		for pieces := 0; pieces == 0 || len(got) < len(text); pieces++ {
			r := c.until("a warning", func(r collector.Record) bool { return r.Level == zrelog.LevelWarning && r.Event == 0 && r.Peer == 0 })
			if got += r.Text; len(r.Text) < 250 && len(got) < len(text) {
				t.Fatalf("a piece has %d octets", len(r.Text))
			}
		}
		if got != text {
			t.Errorf("%.20q: got %.20q", text, got)
		}
	}
	for _, text := range []string{strings.Repeat("x", 4097), strings.Repeat("x", 5000)} {
		if err := node.LogText(zyre.LogInfo, text); !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), "4096") {
			t.Errorf("%d octets: %v", len(text), err)
		}
	}
	for _, level := range []zyre.LogLevel{0, 4, zyre.LogOff} {
		if err := node.LogText(level, "x"); !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("level %v: %v", level, err)
		}
	}
	node.Close()
	if err := node.LogText(zyre.LogInfo, "x"); !errors.Is(err, zyre.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// reported says something until it arrives: then the collector's subscriptions are known.
func reported(tb testing.TB, node *zyre.Node, c *collecting) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), zyretest.Deadline)
	defer cancel()
	for {
		node.LogText(zyre.LogError, "hear me")
		node.LogText(zyre.LogInfo, "hear me")
		once, stop := context.WithTimeout(ctx, 20*time.Millisecond)
		records, _ := c.from.Receive(once)
		stop()
		if slices.ContainsFunc(records, func(r collector.Record) bool {
			return r.Text == "hear me" && r.Node == zrelog.Hash(node.UUID().String())
		}) {
			return
		}
		if ctx.Err() != nil {
			tb.Fatal("the collector hears nothing")
		}
	}
}

// TestLogLevels: the node's level and the collector's both decide, and the node's may change at any time.
func TestLogLevels(t *testing.T) {
	cfg := config(t)
	cfg.LogLevel = zyre.LogWarning
	node := zyretest.Start(t, cfg)
	all, errs := collect(t, cfg, collector.Config{}), collect(t, cfg, collector.Config{Levels: []uint8{collector.Error}})
	for range 2 {
		zyretest.Next(t, node, zyre.Enter)
	}
	reported(t, node, all)
	reported(t, node, errs)
	levels := map[string]bool{"error": true, "warning": true, "info": true}
	say := func() {
		for level := zyre.LogError; level <= zyre.LogInfo; level++ {
			if err := node.LogText(level, level.String()); err != nil {
				t.Fatal(err)
			}
		}
	}
	ends := 0
	texts := func(c *collecting) (got []string) { // what was said until now, and came
		ends++
		end := fmt.Sprint("end ", ends)
		if err := node.LogText(zyre.LogError, end); err != nil {
			t.Fatal(err)
		}
		c.until(end, func(r collector.Record) bool {
			if _, is := levels[r.Text]; is && r.Node == zrelog.Hash(node.UUID().String()) {
				got = append(got, r.Text)
			}
			return r.Text == end
		})
		return got
	}
	say()
	if got := texts(all); !slices.Equal(got, []string{"error", "warning"}) {
		t.Errorf("at warning: %q", got)
	}
	if got := texts(errs); !slices.Equal(got, []string{"error"}) {
		t.Errorf("a collector of errors at warning: %q", got)
	}
	node.SetLogLevel(zyre.LogInfo)
	say()
	if got := texts(all); !slices.Equal(got, []string{"error", "warning", "info"}) {
		t.Errorf("at info: %q", got)
	}
	node.SetLogLevel(zyre.LogOff)
	if n := node.Stats().Collectors; n != 0 {
		t.Errorf("off: %d collectors", n)
	}
	say()
	node.SetLogLevel(zyre.LogError)
	if n := node.Stats().Collectors; n != 2 {
		t.Errorf("on again: %d collectors", n)
	}
	reported(t, node, all)
	say()
	if got := texts(all); !slices.Equal(got, []string{"error"}) {
		t.Errorf("at error: %q", got)
	}
}

func TestLogLevelText(t *testing.T) {
	for _, level := range []zyre.LogLevel{0, zyre.LogError, zyre.LogWarning, zyre.LogInfo, zyre.LogOff} {
		text, err := level.MarshalText()
		var got zyre.LogLevel
		if bad := got.UnmarshalText(text); err != nil || bad != nil || got != level {
			t.Errorf("%v became %v: %v, %v", level, got, err, bad)
		}
	}
	var l zyre.LogLevel
	if err := l.UnmarshalText([]byte("loud")); !errors.Is(err, zyre.ErrInvalid) {
		t.Errorf("loud: %v", err)
	}
	if _, err := zyre.Start(t.Context(), zyre.Config{LogLevel: 7}); !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), "LogLevel is 7") {
		t.Errorf("level 7: %v", err)
	}
}
