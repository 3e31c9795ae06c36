package doctor

import (
	"slices"
	"strings"
)

// names tells whether the node is to use the interface.
func (f *Facts) uses(i *Interface) bool {
	return len(f.Named) == 0 || slices.Contains(f.Named, i.Name)
}

// matters tells whether a fault of the interface keeps nodes from seeing each other:
// what leads to the inside of this machine, or into a VPN, does when it was named.
func (f *Facts) matters(i *Interface) bool {
	if !f.uses(i) {
		return false
	}
	return len(f.Named) > 0 || i.Role != Container && i.Role != VPN
}

// spot is a network of an interface that matters.
type spot struct {
	*Interface
	*Net
}

// spots are those that matter.
func (f *Facts) spots() (all []spot) {
	for i := range f.Interfaces {
		if of := &f.Interfaces[i]; f.matters(of) {
			for n := range of.Nets {
				all = append(all, spot{of, &of.Nets[n]})
			}
		}
	}
	return all
}

// onNet tells whether the peer is in one of the networks of its interface.
func (f *Facts) onNet(p *Peer) bool {
	for i := range f.Interfaces {
		if f.Interfaces[i].Name != p.Interface {
			continue
		}
		for _, prefix := range f.Interfaces[i].Addrs {
			if prefix.Contains(p.Addr.Addr()) {
				return true
			}
		}
	}
	return false
}

// netOf is the network by which a peer is reached; nil: none.
func (f *Facts) netOf(p *Peer) *Net {
	for i := range f.Interfaces {
		if f.Interfaces[i].Name == p.Interface {
			for n := range f.Interfaces[i].Nets {
				if net := &f.Interfaces[i].Nets[n]; net.Prefix.Contains(p.Addr.Addr()) {
					return net
				}
			}
		}
	}
	return nil
}

// heardOn tells whether somebody elsewhere was heard on the interface.
func (f *Facts) heardOn(name string) bool {
	return slices.ContainsFunc(f.Peers, func(p Peer) bool { return !p.Here && p.Interface == name }) ||
		slices.ContainsFunc(f.Strangers, func(s Stranger) bool { return s.Interface == name })
}

// enteredOn tells whether somebody elsewhere has come by the interface.
func (f *Facts) enteredOn(name string) bool {
	return slices.ContainsFunc(f.Peers, func(p Peer) bool { return !p.Here && p.Entered && p.Interface == name })
}

// others are the peers on other machines.
func (f *Facts) others() (all []*Peer) {
	for i := range f.Peers {
		if !f.Peers[i].Here {
			all = append(all, &f.Peers[i])
		}
	}
	return all
}

func (d Dial) failed() bool { return d == Refused || d == Unanswered || d == Unreachable }

// list joins names, each once.
func list(names []string) string {
	var once []string
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	const most = 5
	if len(once) > most {
		return strings.Join(once[:most], ", ") + " and others"
	}
	return strings.Join(once, ", ")
}

// hosts lists on which hosts peers are.
func hosts(peers []*Peer) string {
	var all []string
	for _, p := range peers {
		all = append(all, p.Addr.Addr().String())
	}
	return list(all)
}

// addrs lists where peers are.
func addrs(peers []*Peer) string {
	var all []string
	for _, p := range peers {
		all = append(all, p.Addr.String())
	}
	return list(all)
}
