package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// Examine looks at this machine and listens to its networks for Options.For, and up
// to afterwards longer for answers. The error is about what makes no sense, or
// the system does not tell at all.
func Examine(ctx context.Context, opts Options, std cli.Streams) (Facts, error) {
	cfg := opts.Node.Config(std.Err)
	f := Facts{Port: cfg.Port, TCPPort: cfg.TCPPort, Named: cfg.Interfaces, Limit: limit(), Clock: Clock{Now: time.Now(), Built: built()}}
	if err := f.interfaces(); err != nil {
		return f, err
	}
	rules := f.system(ctx)
	a := &air{facts: &f, cfg: cfg, window: opts.For}
	if err := a.listen(ctx); err != nil {
		return f, err
	}
	port := f.TCPPort
	if port == 0 {
		port = dynamicLow
	}
	for i := range f.Interfaces {
		of := &f.Interfaces[i]
		for n := range of.Nets {
			of.Nets[n].Filter = filter(rules, of.Name, &of.Nets[n], f.Port, port)
		}
	}
	f.quoteRules(ctx)
	f.neighbours()
	return f, nil
}

// afterwards is how long is waited for answers to what was heard last.
const afterwards = 2500 * time.Millisecond

// interfaces lists those of the machine, as a node would use them.
func (f *Facts) interfaces() error {
	all, err := net.Interfaces()
	if err != nil {
		return err
	}
	f.Missing = slices.DeleteFunc(slices.Clone(f.Named), func(name string) bool {
		return slices.ContainsFunc(all, func(i net.Interface) bool { return i.Name == name })
	})
	for _, i := range all {
		of := Interface{Name: i.Name, Up: i.Flags&net.FlagUp != 0, Carrier: i.Flags&net.FlagRunning != 0, PointToPoint: i.Flags&net.FlagPointToPoint != 0}
		of.Role = roleOf(i.Name, kindOf(i.Index), of.PointToPoint, i.Flags&net.FlagLoopback != 0)
		addrs, err := i.Addrs()
		if err != nil {
			continue // it went while we looked
		}
		for _, a := range addrs {
			network, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			prefix, err := netip.ParsePrefix(network.String())
			if err != nil || !prefix.Addr().Is4() {
				continue
			}
			of.Addrs = append(of.Addrs, prefix)
			target, ok := broadcast(prefix)
			can := i.Flags&net.FlagBroadcast != 0 || of.Role == Loopback && prefix.Addr().IsLoopback()
			known := slices.ContainsFunc(of.Nets, func(n Net) bool { return n.Target == target })
			if ok && can && of.Up && !of.PointToPoint && !known {
				of.Nets = append(of.Nets, Net{Prefix: prefix, Target: target, Route: routeOf(i.Index, prefix.Addr(), target)})
			}
		}
		f.Interfaces = append(f.Interfaces, of)
	}
	return nil
}

// broadcast is the address that all of a network hear.
func broadcast(p netip.Prefix) (netip.Addr, bool) {
	if p.Bits() < 1 || p.Bits() > 30 {
		return netip.Addr{}, false
	}
	a := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		a[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(a), true
}

// kind is what the system calls an interface.
type kind string

// The kinds that make a difference.
const (
	dummy     kind = "dummy"
	wifi      kind = "wireless"
	wireguard kind = "wireguard"
)

// roleOf tells what an interface is for: by its kind, and else by names that everybody
// gives. An unknown one is an ordinary network.
func roleOf(name string, k kind, pointToPoint, loopback bool) Role {
	starts := func(with ...string) bool {
		return slices.ContainsFunc(with, func(s string) bool { return strings.HasPrefix(name, s) })
	}
	switch {
	case loopback:
		return Loopback
	case k == wireguard, pointToPoint, starts("tun", "tap", "utun", "wg", "tailscale", "zt", "ppp", "ipsec", "nordlynx", "proton"):
		return VPN
	case k == dummy, starts("docker", "br-", "virbr", "vnet", "veth", "cni", "podman", "lxcbr", "lxdbr", "incusbr", "vboxnet", "vmnet", "flannel", "cilium", "cali"):
		return Container
	case k == wifi, starts("wl"):
		return Wireless
	}
	return Network
}

// filter asks the rules about all that a node needs on a network.
func filter(rules firewall.Rules, name string, n *Net, udp, tcp uint16) Filter {
	const ephemeral, theirs = 40000, 50000
	own := n.Prefix.Addr()
	other := own.Next()
	if other == n.Target || !n.Prefix.Contains(other) {
		other = own.Prev()
	}
	if own.IsLoopback() {
		other = own
	}
	p := firewall.Packet{In: true, Interface: name, Proto: firewall.UDP, Source: other, Target: n.Target, SourcePort: ephemeral, TargetPort: udp, Broadcast: true}
	f := Filter{UDPIn: rules.Judge(p)}
	p.In, p.Source = false, own
	f.UDPOut = rules.Judge(p)
	f.TCPIn = rules.Judge(firewall.Packet{In: true, Interface: name, Proto: firewall.TCP, Source: other, Target: own, SourcePort: ephemeral, TargetPort: tcp})
	f.TCPOut = rules.Judge(firewall.Packet{Interface: name, Proto: firewall.TCP, Source: own, Target: other, SourcePort: ephemeral, TargetPort: theirs})
	f.TCPReply = rules.Judge(firewall.Packet{In: true, Interface: name, Proto: firewall.TCP, Source: other, Target: own, SourcePort: theirs, TargetPort: ephemeral, Established: true})
	return f
}

// dial connects to somebody and leaves at once.
func dial(ctx context.Context, to string) (Dial, string) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp4", to)
	var (
		timeout net.Error
		name    *net.DNSError
	)
	switch {
	case err == nil:
		_ = conn.Close()
		return Connected, ""
	case errors.As(err, &name):
		return Unnamed, err.Error()
	case isAny(err, refusals):
		return Refused, err.Error()
	case isAny(err, denials):
		return Denied, err.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return Unanswered, "no answer in " + patience.String()
	}
	return Unreachable, err.Error()
}

func isAny(err error, of []syscall.Errno) bool {
	return slices.ContainsFunc(of, func(one syscall.Errno) bool { return errors.Is(err, one) })
}

// canBind tells whether a TCP port can be had.
func (f *Facts) canBind() bool {
	l, err := net.Listen("tcp4", ":"+strconv.Itoa(int(f.TCPPort)))
	if err == nil {
		_ = l.Close()
		return true
	}
	f.Bind = Socket{Err: err.Error(), InUse: isAny(err, inUse)}
	if f.Bind.InUse {
		f.Bind.Holder = holder("tcp", f.TCPPort)
	}
	return false
}
