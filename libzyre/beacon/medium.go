package beacon

import (
	"net"
	"net/netip"
	"time"
)

// medium is all that the loop knows of the network. There is one of sockets, and one
// without in the tests, which therefore run on a clock of their own.
type medium interface {
	port() uint16
	// scan lists every interface of the host, usable or not.
	scan() ([]iface, error)
	// name gives the name of an interface that the last scan had not, or "".
	name(index int) string
	// open makes a sender for a network. Only the loop calls it.
	open(n network) (sender, error)
	// inlets hand out what arrives.
	inlets() []*inlet
	// changes tells that scan is worth a call; nil when the system does not tell.
	changes() <-chan struct{}
	// close ends everything that is the beacon's own.
	close()
}

type sender interface {
	send(data []byte) error
	local() netip.AddrPort
	close()
}

type receiver interface {
	// receive waits for a datagram. One that is longer than buf has size len(buf).
	receive(buf []byte) (arrival, error)
	// wake makes receive return os.ErrDeadlineExceeded from a time on; zero: never. Only
	// who calls receive calls it.
	wake(at time.Time)
	// close ends receive, which then returns net.ErrClosed.
	close()
}

// arrival describes a datagram.
type arrival struct {
	size  int
	from  netip.AddrPort
	index int // of the interface; 0: the system does not say
	at    time.Time
}

// iface is an interface of the host.
type iface struct {
	name     string
	index    int
	networks []network // where to announce
	unusable string    // why there are none
	never    bool      // whatever happens to it
	places   []place   // all its addresses while it is up
}

// place is an address of ours. It differs after a cable was pulled: what is
// behind the next one may be another network.
type place struct {
	name    string
	index   int
	prefix  netip.Prefix
	plugged bool // the link has a carrier, where the system tells
}

// network is where an announcement goes: from an address of an interface to a
// broadcast address or group. Comparable: two that are equal are the same.
type network struct {
	place  // our address and the length of the network's prefix
	target netip.Addr
}

// describe tells which networks of an interface can be announced on.
func describe(ifi net.Interface, addrs []net.Addr, ipv6 bool) iface {
	f := iface{name: ifi.Name, index: ifi.Index}
	if ifi.Flags&net.FlagUp == 0 {
		f.unusable = "is down"
		return f
	}
	loopback := ifi.Flags&net.FlagLoopback != 0
	six := ipv6 && ifi.Flags&net.FlagMulticast != 0 && !loopback
	for _, a := range addrs {
		// An interface has a link-local address of its own accord, each container's too.
		if prefix, ok := prefixOf(a); ok && (six || !prefix.Addr().Is6() || !prefix.Addr().IsLinkLocalUnicast()) {
			f.places = append(f.places, place{ifi.Name, ifi.Index, prefix, ifi.Flags&net.FlagRunning != 0})
		}
	}
	switch {
	case ifi.Flags&net.FlagPointToPoint != 0:
		f.unusable, f.never = "is point-to-point: it has no broadcast", true
		return f
	case ifi.Flags&net.FlagBroadcast == 0 && !loopback:
		f.unusable, f.never = "cannot broadcast", true
		return f
	}
	f.unusable = "has no IPv4 network with a broadcast address"
	seen := map[netip.Addr]bool{} // two addresses of one network announce once
	for _, p := range f.places {
		addr := p.prefix.Addr()
		var target netip.Addr
		switch {
		case addr.Is4():
			if loopback && !addr.IsLoopback() {
				continue // an address kept on lo for routing: 127.255.255.255 reaches the same
			}
			var ok bool
			if target, ok = broadcast(p.prefix); !ok {
				continue
			}
		case six && addr.IsLinkLocalUnicast():
			target = Group6.WithZone(ifi.Name)
		default:
			continue
		}
		if !seen[target] {
			seen[target] = true
			f.networks = append(f.networks, network{p, target})
		}
	}
	if len(f.networks) > 0 {
		f.unusable = ""
	}
	return f
}

func prefixOf(a net.Addr) (netip.Prefix, bool) {
	n, ok := a.(*net.IPNet)
	if !ok {
		return netip.Prefix{}, false
	}
	addr, ok := netip.AddrFromSlice(n.IP)
	if !ok {
		return netip.Prefix{}, false
	}
	addr = addr.Unmap()
	ones, bits := n.Mask.Size()
	if bits != addr.BitLen() {
		return netip.Prefix{}, false // a mask with holes, or of the other family
	}
	return netip.PrefixFrom(addr, ones), true
}

// broadcast gives the directed broadcast address of an IPv4 network; there is none
// in a /31 or /32, and none worth using in a /0.
func broadcast(p netip.Prefix) (netip.Addr, bool) {
	if p.Bits() < 1 || p.Bits() > 30 {
		return netip.Addr{}, false
	}
	a := p.Addr().As4()
	for i := range a {
		if host := 8*(i+1) - p.Bits(); host >= 8 {
			a[i] = 0xff
		} else if host > 0 {
			a[i] |= 1<<host - 1
		}
	}
	return netip.AddrFrom4(a), true
}
