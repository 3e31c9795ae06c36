package beacon

import (
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Group6 is the group of [Config.IPv6]: all nodes of the link, as in the C beacons.
//
// Draft: may change.
var Group6 = netip.MustParseAddr("ff02::1")

// congested is how long a sender waits for room in a full socket: the loop has
// other interfaces to serve.
const congested = 100 * time.Millisecond

// sockets is the medium of real sockets.
type sockets struct {
	number uint16
	four   *tenancy
	six    *tenancy // nil without Config.IPv6
	watch  *watch   // nil where there is none
	joined map[int]bool
}

func openSockets(cfg Config) (*sockets, error) {
	four, err := enter("udp4", cfg.Port)
	if err != nil {
		return nil, err
	}
	s := &sockets{number: four.door.port, four: four, joined: map[int]bool{}}
	if cfg.IPv6 {
		if s.six, err = enter("udp6", s.number); err != nil {
			four.exit()
			return nil, err
		}
	}
	if s.watch, err = startWatch(); err != nil {
		cfg.Log.Debug("system tells no changes of the interfaces; looking each second", "error", err)
	}
	return s, nil
}

func (s *sockets) port() uint16 { return s.number }

func (s *sockets) scan() ([]iface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	addrs, err := addresses(all)
	if err != nil {
		return nil, err
	}
	list := make([]iface, 0, len(all))
	for _, ifi := range all {
		f := describe(ifi, addrs[ifi.Index], s.six != nil)
		list = append(list, f)
		s.join(ifi, f)
	}
	return list, nil
}

// join enters the IPv6 group. Linux delivers it anyway, the BSDs only to members.
func (s *sockets) join(ifi net.Interface, f iface) {
	has := false
	for _, n := range f.networks {
		has = has || n.target.Is6()
	}
	if has && !s.joined[ifi.Index] {
		_ = ipv6.NewPacketConn(s.six.conn).JoinGroup(&ifi, &net.UDPAddr{IP: Group6.AsSlice()})
	}
	s.joined[ifi.Index] = has
}

func (s *sockets) name(index int) string {
	ifi, err := net.InterfaceByIndex(index)
	if err != nil {
		return ""
	}
	return ifi.Name
}

func (s *sockets) inlets() []*inlet {
	if s.six == nil {
		return []*inlet{s.four.inlet}
	}
	return []*inlet{s.four.inlet, s.six.inlet}
}

func (s *sockets) changes() <-chan struct{} {
	if s.watch == nil {
		return nil
	}
	return s.watch.told
}

func (s *sockets) close() {
	s.four.exit()
	if s.six != nil {
		s.six.exit()
	}
	if s.watch != nil {
		s.watch.close()
	}
}

// open makes a socket that is bound to our address in the network. It does not share
// its port: that makes its address ours alone.
func (s *sockets) open(n network) (sender, error) {
	kind, addr := "udp4", n.prefix.Addr()
	if addr.Is6() {
		kind, addr = "udp6", addr.WithZone(n.name)
	}
	conn, err := net.ListenUDP(kind, net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(1) // nobody reads it: let nobody fill it
	own := netip.AddrPortFrom(addr, uint16(conn.LocalAddr().(*net.UDPAddr).Port))
	o := &outlet{conn: conn, own: own, to: netip.AddrPortFrom(n.target, s.number)}
	if addr.Is4() {
		// Two interfaces on one network: the route would pick the same one for both.
		o.control = (&ipv4.ControlMessage{IfIndex: n.index, Src: addr.AsSlice()}).Marshal()
	}
	return o, nil
}

// outlet sends to one network.
type outlet struct {
	conn    *net.UDPConn
	own, to netip.AddrPort
	control []byte
}

func (o *outlet) send(data []byte) error {
	if err := o.conn.SetWriteDeadline(time.Now().Add(congested)); err != nil {
		return err
	}
	_, _, err := o.conn.WriteMsgUDPAddrPort(data, o.control, o.to)
	return err
}

func (o *outlet) local() netip.AddrPort { return o.own }
func (o *outlet) close()                { o.conn.Close() }
