package zyre

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// air carries announcements among the nodes of a network that does not exist.
type air struct {
	mu    sync.Mutex
	radio map[*radio]struct{}
}

// radio is an announcer.
type radio struct {
	air     *air
	addr    netip.Addr
	signals chan beacon.Signal
	quiet   chan struct{}
	once    sync.Once
}

func (a *air) radioAt(addr string) *radio {
	r := &radio{air: a, addr: netip.MustParseAddr(addr), signals: make(chan beacon.Signal, 1000), quiet: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.radio == nil {
		a.radio = map[*radio]struct{}{}
	}
	a.radio[r] = struct{}{}
	return r
}

func (r *radio) Publish(data []byte) error {
	data = bytes.Clone(data)
	r.send(data)
	go func() {
		for {
			select {
			case <-time.After(time.Second):
				r.send(data)
			case <-r.quiet:
				return
			}
		}
	}()
	return nil
}

func (r *radio) send(data []byte) {
	r.air.mu.Lock()
	defer r.air.mu.Unlock()
	for other := range r.air.radio {
		if other != r {
			select {
			case other.signals <- beacon.Signal{Addr: r.addr, Data: data, Time: time.Now()}:
			default: // datagrams get lost
			}
		}
	}
}

func (r *radio) Pace(time.Duration)            {}
func (r *radio) Changes() <-chan struct{}      { return nil }
func (r *radio) Signals() <-chan beacon.Signal { return r.signals }
func (r *radio) Stats() beacon.Stats           { return beacon.Stats{} }
func (r *radio) Err() error                    { return nil }
func (r *radio) Close() error {
	r.once.Do(func() {
		close(r.quiet)
		r.air.mu.Lock()
		defer r.air.mu.Unlock()
		delete(r.air.radio, r)
	})
	return nil
}

// TestVirtualNodes has whole nodes meet, talk for a while and lose each other, over the production transport, where neither the
// network nor the time exists.
func TestVirtualNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			network zsocktest.Network
			ether   air
			nodes   []*Node
			hosts   []*zsocktest.Host
			radios  []*radio
		)
		const n = 5
		for i := range n {
			addr := fmt.Sprintf("10.0.0.%d", i+1)
			h := network.Host(addr)
			cfg, err := Config{Name: addr, Transport: zmtp.Transport{Listen: h.Listen, Dial: h.Dial}}.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			connections, err := harmony.Listen(harmony.Config{ID: harmony.ID(cfg.UUID), Transport: cfg.Transport})
			if err != nil {
				t.Fatal(err)
			}
			r := ether.radioAt(addr)
			node := newNode(cfg, connections, r, nil, func(netip.Addr) netip.Addr { return netip.MustParseAddr(addr) })
			r.Publish(core.AppendBeacon(nil, core.ID(cfg.UUID), connections.Port()))
			go node.run(context.Background())
			defer node.Close()
			nodes, hosts, radios = append(nodes, node), append(hosts, h), append(radios, r)
		}
		next := func(i int, want EventType) Event {
			t.Helper()
			for {
				select {
				case e := <-nodes[i].Events():
					if e.Type == want {
						return e
					}
					if e.Type == Exit {
						t.Fatalf("node %d: %v", i, e)
					}
					t.Logf("node %d: %v", i, e)
				case <-time.After(time.Minute):
					t.Fatalf("node %d was told of no %v: %+v", i, want, nodes[i].Stats())
				}
			}
		}
		for i := range nodes {
			for range n - 1 {
				next(i, Enter)
			}
		}
		for i := range nodes {
			if err := nodes[i].Join("CHAT"); err != nil {
				t.Fatal(err)
			}
		}
		for i := range nodes {
			for range n - 1 {
				next(i, Join)
			}
		}
		for round := range 24 {
			time.Sleep(time.Minute)
			from := round % n
			if err := nodes[from].Shout("CHAT", fmt.Append(nil, round)); err != nil {
				t.Fatal(err)
			}
			for i := range nodes {
				if i != from {
					if e := next(i, Shout); string(e.Msg[0]) != fmt.Sprint(round) {
						t.Fatalf("node %d heard %q in round %d", i, e.Msg, round)
					}
				}
			}
		}

		// The network breaks for a moment: connections are made anew, and nobody is told anything.
		hosts[0].Break()
		time.Sleep(time.Minute)
		if err := nodes[0].Shout("CHAT", []byte("after")); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < n; i++ {
			if e := next(i, Shout); string(e.Msg[0]) != "after" {
				t.Fatalf("node %d heard %q", i, e.Msg)
			}
		}

		// A machine dies without a word: where it was, connections are refused.
		began := time.Now()
		radios[1].Close()
		nodes[1].network.Close()
		for i := range nodes {
			if i == 1 {
				continue
			}
			e := next(i, Exit)
			if e.Peer != nodes[1].UUID() || !errors.Is(e.Cause, ErrUnreachable) {
				t.Errorf("node %d: %v", i, e)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("node %d noticed after %v", i, took)
			}
		}
	})
}
