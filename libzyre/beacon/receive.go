package beacon

import (
	"net/netip"
	"time"
)

// view is what the receivers need of the loop's state. It is never changed.
type view struct {
	own      map[netip.AddrPort]bool // where our announcements come from
	names    map[int]string          // of all interfaces
	networks []network               // of all interfaces
}

// look makes a new view.
func (l *loop) look(now time.Time) {
	v := &view{own: map[netip.AddrPort]bool{}, names: map[int]string{}}
	for _, f := range l.ifaces {
		v.names[f.index] = f.name
		v.networks = append(v.networks, f.networks...)
	}
	for _, k := range l.links {
		if k.sender != nil {
			v.own[bare(k.sender.local())] = true
		}
	}
	kept := l.retired[:0]
	for _, r := range l.retired {
		if now.Before(r.until) {
			v.own[bare(r.addr)] = true
			kept = append(kept, r)
		}
	}
	l.retired = kept
	l.view.Store(v)
}

// bare leaves out the zone of an IPv6 address, which is that of the interface that a
// datagram arrived on: two interfaces of ours may be plugged into one network.
func bare(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().WithZone(""), a.Port())
}

// arrived hands a datagram on, or counts why not.
func (l *loop) arrived(a arrival, data []byte) {
	c := &l.b.counters
	c.received.Add(1)
	v := l.view.Load()
	if v.own[bare(a.from)] {
		c.own.Add(1)
		return
	}
	if a.size > MaxPayload {
		c.oversize.Add(1)
		return
	}
	name := l.locate(v, a)
	if !wants(l.cfg.Interfaces, name) {
		c.elsewhere.Add(1)
		return
	}
	l.b.push(Signal{Addr: a.from.Addr(), Interface: name, Data: append(make([]byte, 0, len(data)), data...), Time: a.at})
}

// deaf counts a failure of receiving, the first in a row or not.
func (l *loop) deaf(err error, first bool) {
	l.b.counters.softErrors.Add(1)
	if first {
		l.log.Warn("receiving fails; trying again", "error", err)
	}
}

// locate names the interface that a datagram arrived on; "" when nothing tells.
func (l *loop) locate(v *view, a arrival) string {
	if a.index > 0 {
		if name, ok := v.names[a.index]; ok {
			return name
		}
		return l.m.name(a.index) // it has come since the last scan
	}
	if zone := a.from.Addr().Zone(); zone != "" {
		return zone
	}
	for _, n := range v.networks {
		if n.prefix.Contains(a.from.Addr()) {
			return n.name
		}
	}
	return ""
}
