package beacon

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// link is a network that is announced on.
type link struct {
	network
	sender  sender // nil until the first announcement, and after a failure
	burst   burst
	failing bool
}

func (k *link) close() {
	if k.sender != nil {
		k.sender.close()
		k.sender = nil
	}
}

// retired is the address of a sender that was closed. Its last announcements may
// still wait in our own queue, and are no one else's.
type retired struct {
	addr  netip.AddrPort
	until time.Time
}

const retirement = 2 * time.Second

// usable refuses names that do not exist, and a host where nothing can ever be used. Where nothing can be used yet, it says why: a
// host that boots, or a laptop without a network, has its interfaces up sooner or later.
func usable(ifaces []iface, names []string) (waiting string, err error) {
	for _, name := range names {
		if !slices.ContainsFunc(ifaces, func(f iface) bool { return f.name == name }) {
			var have []string
			for _, f := range ifaces {
				have = append(have, f.name)
			}
			slices.Sort(have)
			return "", fmt.Errorf("beacon: %w: there is no %q; this host has: %s", ErrInterface, name, strings.Join(have, ", "))
		}
	}
	var why []string
	hope := false
	for _, f := range ifaces {
		if !wants(names, f.name) {
			continue
		}
		if len(f.networks) > 0 {
			return "", nil
		}
		hope = hope || !f.never
		why = append(why, f.name+" "+f.unusable)
	}
	if len(why) == 0 {
		why = append(why, "this host has none")
	}
	if waiting = strings.Join(why, "; "); hope {
		return waiting, nil
	}
	return "", fmt.Errorf("beacon: %w: %s; bring one up with an IPv4 address, loopback is enough", ErrInterface, waiting)
}

// adopt makes the links those of a scan: what is gone is closed, what is new is due.
func (l *loop) adopt(ifaces []iface, now time.Time) {
	first := l.view.Load() == nil
	l.ifaces = ifaces
	places := map[place]bool{}
	wanted := map[network]bool{}
	state := map[string]*iface{}
	for i := range ifaces {
		f := &ifaces[i]
		if !wants(l.cfg.Interfaces, f.name) {
			continue
		}
		state[f.name] = f
		for _, p := range f.places {
			places[p] = true
		}
		for _, n := range f.networks {
			wanted[n] = true
		}
	}

	before := map[string]bool{}
	kept := l.links[:0:0]
	for _, k := range l.links {
		before[k.name] = true
		if wanted[k.network] {
			delete(wanted, k.network)
			kept = append(kept, k)
		} else {
			l.retire(k, now)
		}
	}
	for _, f := range ifaces { // in the order of the system, not of a map
		for _, n := range f.networks {
			if wanted[n] {
				delete(wanted, n)
				kept = append(kept, &link{network: n, burst: burst{born: now}})
				l.log.Debug("network to announce on", "interface", n.name, "address", n.prefix, "to", n.target)
			}
		}
	}
	l.links = kept

	after := map[string]bool{}
	for _, k := range l.links {
		after[k.name] = true
	}
	l.b.counters.interfaces.Store(int64(len(after)))
	for name := range before {
		if f := state[name]; f != nil && !after[name] {
			l.outage(name, errors.New(f.unusable), now)
		} else if f == nil && l.outages[name].IsZero() {
			l.log.Info("interface is gone", "interface", name)
		}
	}
	for name := range l.outages {
		if state[name] == nil {
			delete(l.outages, name)
		}
	}
	for name := range after {
		if !before[name] && !first && l.outages[name].IsZero() {
			l.log.Info("interface has come", "interface", name)
		}
		if l.data == nil {
			l.recovered(name, now) // nothing is sent that could tell
		}
	}
	l.look(now)

	if !first && !maps.Equal(places, l.places) {
		select {
		case l.b.moved <- struct{}{}:
		default: // told already
		}
	}
	l.places = places
}

// send makes one announcement.
func (l *loop) send(k *link, now time.Time) {
	if k.sender == nil {
		s, err := l.m.open(k.network)
		if err != nil {
			l.failed(k, err, now)
			return
		}
		k.sender = s
		l.look(now) // before the first datagram, which comes back to us
	}
	if err := k.sender.send(l.data); err != nil {
		l.retire(k, now) // a socket anew each time: its address may be what is wrong
		l.look(now)
		l.failed(k, err, now)
		return
	}
	l.b.counters.sent.Add(1)
	k.failing = false
	l.recovered(k.name, now)
}

func (l *loop) failed(k *link, err error, now time.Time) {
	if !soft(err) {
		l.err = fmt.Errorf("beacon: announce on %s to %s: %w", k.name, k.target, err)
		return
	}
	l.b.counters.softErrors.Add(1)
	k.failing = true
	l.outage(k.name, err, now)
	l.changed(now)
}

// outage begins an outage of an interface, unless it is one already.
func (l *loop) outage(name string, why error, now time.Time) {
	if !l.outages[name].IsZero() {
		return
	}
	l.outages[name] = now
	l.b.counters.outages.Add(1)
	l.log.Warn("interface fails; trying again each interval", "interface", name, "error", why)
}

// recovered ends the outage of an interface once none of its networks fails.
func (l *loop) recovered(name string, now time.Time) {
	since := l.outages[name]
	if since.IsZero() || slices.ContainsFunc(l.links, func(k *link) bool { return k.name == name && k.failing }) {
		return
	}
	delete(l.outages, name)
	l.log.Info("interface works again", "interface", name, "outage", now.Sub(since))
}

func (l *loop) retire(k *link, now time.Time) {
	if k.sender != nil {
		l.retired = append(l.retired, retired{k.sender.local(), now.Add(retirement)})
		k.close()
	}
}
