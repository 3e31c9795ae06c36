package beacon

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strconv"
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
	four   *inlet
	six    *inlet // nil without Config.IPv6
	watch  *watch // nil where there is none
	joined map[int]bool
}

func openSockets(cfg Config) (*sockets, error) {
	four, err := listen("udp4", "0.0.0.0", cfg.Port)
	if err != nil {
		return nil, err
	}
	s := &sockets{number: uint16(four.LocalAddr().(*net.UDPAddr).Port), joined: map[int]bool{}}
	s.four = &inlet{conn: four, index: index4()}
	_ = ipv4.NewPacketConn(four).SetControlMessage(ipv4.FlagInterface, true) // where not: derived from the source
	if cfg.IPv6 {
		six, err := listen("udp6", "::", s.number)
		if err != nil {
			four.Close()
			return nil, err
		}
		s.six = &inlet{conn: six, index: index6()}
		_ = ipv6.NewPacketConn(six).SetControlMessage(ipv6.FlagInterface, true) // where not: the zone tells
	}
	if s.watch, err = startWatch(); err != nil {
		cfg.Log.Debug("system tells no changes of the interfaces; looking each second", "error", err)
	}
	return s, nil
}

// listen opens a port to be shared.
func listen(network, addr string, port uint16) (*net.UDPConn, error) {
	var lc net.ListenConfig
	if port != 0 {
		lc.Control = share
	}
	c, err := lc.ListenPacket(context.Background(), network, net.JoinHostPort(addr, strconv.Itoa(int(port))))
	if inUse(err) {
		return nil, fmt.Errorf("beacon: %w: %d is held by a program that does not share it (no SO_REUSEADDR); stop that program (%s) or use another port: %w",
			ErrPortInUse, port, fmt.Sprintf(whoHolds(), port), err)
	}
	if err != nil {
		return nil, fmt.Errorf("beacon: listen on UDP port %d: %w", port, err)
	}
	conn := c.(*net.UDPConn)
	if port == 0 {
		// Only after the choice: a socket that shares could be given a shared port.
		raw, err := conn.SyscallConn()
		if err == nil {
			err = share(network, "", raw)
		}
		if err != nil {
			conn.Close()
			return nil, fmt.Errorf("beacon: share the UDP port: %w", err)
		}
	}
	return conn, nil
}

// whoHolds is the command that finds the holder of a UDP port.
func whoHolds() string {
	switch runtime.GOOS {
	case "linux":
		return "ss -ulpn 'sport = :%d' shows it"
	case "windows":
		return "netstat -ano -p udp shows it beside port %d"
	case "freebsd":
		return "sockstat -4l -P udp -p %d shows it"
	}
	return "lsof -nP -iUDP:%d shows it"
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

func (s *sockets) receivers() []receiver {
	if s.six == nil {
		return []receiver{s.four}
	}
	return []receiver{s.four, s.six}
}

func (s *sockets) changes() <-chan struct{} {
	if s.watch == nil {
		return nil
	}
	return s.watch.told
}

func (s *sockets) close() {
	s.four.conn.Close()
	if s.six != nil {
		s.six.conn.Close()
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

// inlet receives on the shared port. Per datagram it allocates
// nothing but what x/net needs for the control message, 24 octets.
type inlet struct {
	conn    *net.UDPConn
	control [128]byte
	index   func(control []byte) int
}

func (i *inlet) receive(buf []byte) (arrival, error) {
	n, cn, _, from, err := i.conn.ReadMsgUDPAddrPort(buf, i.control[:])
	if tooLong(err) {
		n, err = len(buf), nil
	}
	if err != nil {
		return arrival{}, err
	}
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	return arrival{size: n, from: from, index: i.index(i.control[:cn])}, nil
}

// index4 and index6 make readers of the interface index, which reuse what they read into.
func index4() func([]byte) int {
	var m ipv4.ControlMessage
	return func(control []byte) int {
		m.IfIndex = 0
		if len(control) == 0 || m.Parse(control) != nil {
			return 0
		}
		return m.IfIndex
	}
}

func index6() func([]byte) int {
	var m ipv6.ControlMessage
	return func(control []byte) int {
		m.IfIndex = 0
		if len(control) == 0 || m.Parse(control) != nil {
			return 0
		}
		return m.IfIndex
	}
}
