package doctor

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/ipv4"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
)

// Bounds of what is remembered of who can be heard, whoever that is.
const (
	maxPeers     = 256
	maxAlike     = 16           // of those, at one address
	maxQueue     = 2 * maxPeers // and those that were named
	maxStrangers = 16
	maxDials     = 16 // at a time
)

// air is what goes over the networks while a doctor listens. One goroutine owns it.
type air struct {
	facts  *Facts
	cfg    zyre.Config
	window time.Duration

	node    *zyre.Node // nil: none can be had
	own     []byte     // our announcement
	senders []*sender
	signals <-chan beacon.Signal
	results chan result
	crowded bool // more were heard than are remembered, and that stands in the facts
	dialing int
	queue   []string
	entered map[string]entry // by UUID
}

// result is what became of connecting.
type result struct {
	to   string
	dial Dial
	err  string
}

// listen listens for the window, and then for answers.
func (a *air) listen(ctx context.Context) error {
	ear, err := beacon.Listen(beacon.Config{Port: a.cfg.Port, Log: a.cfg.Log})
	if err == nil {
		a.facts.Heard, a.signals = true, ear.Signals()
		defer ear.Close()
	} else {
		a.facts.Listen = Socket{Err: err.Error(), InUse: errors.Is(err, beacon.ErrPortInUse)}
		if a.facts.Listen.InUse {
			a.facts.Listen.Holder = holder("udp", a.cfg.Port)
		}
	}
	if err := a.start(ctx); err != nil {
		return err
	}
	id := zyre.NewUUID()
	a.own = announcement(id, 0)
	a.results = make(chan result, maxDials)
	a.entered = map[string]entry{}
	a.open()
	defer a.close()
	a.run(ctx)
	return nil
}

// start starts a node like the one that sees nobody.
func (a *air) start(ctx context.Context) error {
	cfg, f := a.cfg, a.facts
	if cfg.TCPPort != 0 && !f.canBind() {
		cfg.TCPPort = 0
	}
	cfg.Interfaces = slices.DeleteFunc(slices.Clone(cfg.Interfaces), func(name string) bool { return slices.Contains(f.Missing, name) })
	usable := slices.ContainsFunc(f.Interfaces, func(i Interface) bool { return f.uses(&i) && len(i.Nets) > 0 })
	if !f.Heard || !usable {
		return nil // which has its own finding
	}
	if cfg.Name == "" {
		cfg.Name = "doctor"
	}
	node, err := zyre.Start(context.WithoutCancel(ctx), cfg)
	switch {
	case errors.Is(err, zyre.ErrInvalid):
		return err
	case err != nil:
		f.NodeErr = err.Error()
	default:
		a.node, f.Ran = node, true
	}
	return nil
}

// announcement is a beacon (ZRE-DISC). One of port 0 takes leave: nobody minds that of
// who was never there, so it is good for trying.
func announcement(id zyre.UUID, port uint16) []byte {
	return binary.BigEndian.AppendUint16(append([]byte("ZRE\x01"), id[:]...), port)
}

// sender announces on a network.
type sender struct {
	net     *Net
	conn    *net.UDPConn
	control []byte
	to      netip.AddrPort
}

// open makes senders for all networks that are used.
func (a *air) open() {
	for i := range a.facts.Interfaces {
		of := &a.facts.Interfaces[i]
		if !a.facts.uses(of) {
			continue
		}
		link, err := net.InterfaceByName(of.Name)
		if err != nil {
			continue // it went
		}
		for n := range of.Nets {
			to := &of.Nets[n]
			conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(to.Prefix.Addr(), 0)))
			if err != nil {
				to.SendErr = err.Error()
				continue
			}
			a.senders = append(a.senders, &sender{net: to, conn: conn, to: netip.AddrPortFrom(to.Target, a.cfg.Port),
				control: (&ipv4.ControlMessage{IfIndex: link.Index, Src: to.Prefix.Addr().AsSlice()}).Marshal()})
		}
	}
}

// announce sends on each network where that was not heard yet.
func (a *air) announce() {
	for _, s := range a.senders {
		if s.net.OwnHeard {
			continue
		}
		s.net.SendErr, s.net.Denied = "", false
		if _, _, err := s.conn.WriteMsgUDPAddrPort(a.own, s.control, s.to); err != nil {
			s.net.SendErr, s.net.Denied = err.Error(), isAny(err, denials)
		}
	}
}

func (a *air) close() {
	for _, s := range a.senders {
		_ = s.conn.Close()
	}
	if a.node != nil {
		a.facts.Malformed = a.node.Stats().Malformed
		_ = a.node.Close()
	}
	for ; a.dialing > 0; a.dialing-- { // what was stopped tells nothing
		<-a.results
	}
}

// run is the loop.
func (a *air) run(ctx context.Context) {
	dialing, stop := context.WithCancel(ctx)
	defer stop()
	const again = 300 * time.Millisecond
	tick, end, last := time.NewTicker(again), time.NewTimer(a.window), time.NewTimer(a.window+afterwards)
	defer tick.Stop()
	defer end.Stop()
	defer last.Stop()
	var events <-chan zyre.Event
	if a.node != nil {
		events = a.node.Events()
	}
	for _, endpoint := range a.cfg.Peers {
		a.facts.Static = append(a.facts.Static, Static{Endpoint: endpoint})
		a.dial(dialing, strings.TrimPrefix(endpoint, "tcp://"))
	}
	signals, over := a.signals, false
	a.announce()
	for !over || a.awaits() {
		select {
		case s, ok := <-signals:
			if !ok {
				signals = nil
				break
			}
			a.heard(dialing, s, over)
		case e, ok := <-events:
			if !ok {
				events = nil
				break
			}
			a.event(dialing, e)
		case r := <-a.results:
			a.result(dialing, r)
		case <-tick.C:
			if !over {
				a.announce()
			}
		case <-end.C:
			over = true
		case <-last.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// awaits tells whether something may still be answered.
func (a *air) awaits() bool {
	if a.dialing > 0 {
		return true
	}
	return a.node != nil && slices.ContainsFunc(a.facts.Peers, func(p Peer) bool { return p.oneWay() })
}

// dial connects to somebody, some time; the result comes by itself.
func (a *air) dial(ctx context.Context, to string) {
	if a.dialing == maxDials {
		if len(a.queue) >= maxQueue {
			a.queue = slices.DeleteFunc(a.queue, func(to string) bool { return !a.wants(to) })
		}
		a.queue = append(a.queue, to)
		return
	}
	a.dialing++
	go func() {
		become, err := dial(ctx, to)
		a.results <- result{to, become, err}
	}()
}

// result takes what became of a dial, and starts another.
func (a *air) result(ctx context.Context, r result) {
	a.dialing--
	for i := range a.facts.Peers {
		if p := &a.facts.Peers[i]; p.Addr.String() == r.to {
			p.Dial, p.DialErr = r.dial, r.err
		} else if p.Files.Addr.String() == r.to {
			p.Files.Dial, p.Files.DialErr = r.dial, r.err
		}
	}
	for i := range a.facts.Static {
		if s := &a.facts.Static[i]; strings.TrimPrefix(s.Endpoint, "tcp://") == r.to {
			s.Dial, s.Err = r.dial, r.err
		}
	}
	for len(a.queue) > 0 {
		next := a.queue[0]
		a.queue = a.queue[1:]
		if a.wants(next) {
			a.dial(ctx, next)
			return
		}
	}
}

// wants tells whether it is still to be known what becomes of connecting there:
// who was there may have left.
func (a *air) wants(to string) bool {
	return slices.ContainsFunc(a.facts.Peers, func(p Peer) bool { return p.Addr.String() == to || p.Files.Addr.String() == to }) ||
		slices.ContainsFunc(a.facts.Static, func(s Static) bool { return strings.TrimPrefix(s.Endpoint, "tcp://") == to })
}
