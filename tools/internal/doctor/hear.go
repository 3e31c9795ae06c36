package doctor

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
)

// heard takes a datagram. Late news is not taken: it could not be followed up.
func (a *air) heard(ctx context.Context, s beacon.Signal, late bool) {
	f, addr := a.facts, s.Addr.Unmap()
	if bytes.Equal(s.Data, a.own) {
		for i := range f.Interfaces {
			for n := range f.Interfaces[i].Nets {
				if of := &f.Interfaces[i].Nets[n]; f.Interfaces[i].Name == s.Interface && of.Prefix.Addr() == addr {
					of.OwnHeard = true
				}
			}
		}
		return
	}
	const size = 22
	zre := len(s.Data) > 3 && string(s.Data[:3]) == "ZRE"
	if !zre || s.Data[3] == 1 && len(s.Data) != size || s.Data[3] != 1 {
		one := Stranger{Addr: addr, Interface: s.Interface}
		if zre && s.Data[3] != 1 {
			one.Version = int(s.Data[3])
		}
		if !slices.Contains(f.Strangers, one) && len(f.Strangers) < maxStrangers && !f.here(addr) {
			f.Strangers = append(f.Strangers, one)
		}
		return
	}
	id := zyre.UUID(s.Data[4:20])
	port := binary.BigEndian.Uint16(s.Data[20:])
	if a.node != nil && id == a.node.UUID() {
		return
	}
	p := Peer{UUID: id.String(), Addr: netip.AddrPortFrom(addr, port), Interface: s.Interface, Version: 1, Here: f.here(addr)}
	at := slices.IndexFunc(f.Peers, func(have Peer) bool { return have.UUID == p.UUID && have.Interface == p.Interface })
	switch {
	case port == 0: // it takes leave, everywhere
		f.Peers = slices.DeleteFunc(f.Peers, func(have Peer) bool { return have.UUID == p.UUID && have.Addr.Addr() == addr })
	case at >= 0 || late:
	case len(f.Peers) == maxPeers || f.alike(p) == maxAlike:
		if !a.crowded {
			a.crowded = true
			f.Unseen = append(f.Unseen, fmt.Sprintf("who else is heard: more than %d peers at one address, or %d in all, were heard", maxAlike, maxPeers))
		}
	default:
		same := slices.IndexFunc(f.Peers, func(have Peer) bool { return have.Addr == p.Addr })
		if same >= 0 {
			p.Dial, p.DialErr = f.Peers[same].Dial, f.Peers[same].DialErr
		} else {
			a.dial(ctx, p.Addr.String())
		}
		a.enter(ctx, &p)
		f.Peers = append(f.Peers, p)
	}
}

// alike returns how many peers are known that were heard on the interface of p, at
// its address: nobody is to fill the room of the others.
func (f *Facts) alike(p Peer) (n int) {
	for _, have := range f.Peers {
		if have.Interface == p.Interface && have.Addr.Addr() == p.Addr.Addr() {
			n++
		}
	}
	return n
}

// here tells whether an address is one of ours.
func (f *Facts) here(addr netip.Addr) bool {
	return slices.ContainsFunc(f.Interfaces, func(i Interface) bool {
		return slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return p.Addr() == addr })
	})
}

// event takes one of our node.
func (a *air) event(ctx context.Context, e zyre.Event) {
	if e.Type != zyre.Enter || len(a.entered) == maxPeers {
		return
	}
	id := e.Peer.String()
	a.entered[id] = entry{e.Name, e.Headers["X-FILEMQ"]}
	for i := range a.facts.Peers {
		if p := &a.facts.Peers[i]; p.UUID == id {
			a.enter(ctx, p)
		}
	}
}

// entry is what a peer said of itself.
type entry struct{ name, files string }

// enter notes that a peer has entered, if it has, and tries where it offers files: of
// that endpoint, only the port is meant.
func (a *air) enter(ctx context.Context, p *Peer) {
	said, is := a.entered[p.UUID]
	if !is || p.Entered {
		return
	}
	p.Entered, p.Name = true, said.name
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(said.files, "tcp://"))
	if number, err := strconv.ParseUint(port, 10, 16); err == nil && number != 0 {
		p.Files.Addr = netip.AddrPortFrom(p.Addr.Addr(), uint16(number))
		a.dial(ctx, p.Files.Addr.String())
	}
}
