package beacon

import (
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
)

// addresses reads the addresses of all interfaces, by index. It asks once:
// net.Interface.Addrs asks for all of them again for each interface, which takes 58 ms
// where there are 200, as on a host of many containers.
func addresses([]net.Interface) (map[int][]net.Addr, error) {
	raw, err := syscall.NetlinkRIB(syscall.RTM_GETADDR, syscall.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("netlink: %w", err)
	}
	messages, err := syscall.ParseNetlinkMessage(raw)
	if err != nil {
		return nil, fmt.Errorf("netlink: %w", err)
	}
	found := map[int][]net.Addr{}
	for i := range messages {
		m := &messages[i]
		if m.Header.Type != syscall.RTM_NEWADDR || len(m.Data) < syscall.SizeofIfAddrmsg {
			continue
		}
		ones, index := int(m.Data[1]), int(binary.NativeEndian.Uint32(m.Data[4:])) // of struct ifaddrmsg
		attrs, err := syscall.ParseNetlinkRouteAttr(m)
		if err != nil {
			return nil, fmt.Errorf("netlink: %w", err)
		}
		if a := address(attrs, ones); a != nil {
			found[index] = append(found[index], a)
		}
	}
	return found, nil
}

// address takes our own address: IFA_LOCAL where there is one, since IFA_ADDRESS is
// then that of the other end.
func address(attrs []syscall.NetlinkRouteAttr, ones int) net.Addr {
	var ip net.IP
	for _, a := range attrs {
		switch a.Attr.Type {
		case syscall.IFA_LOCAL:
			ip = a.Value
		case syscall.IFA_ADDRESS:
			if ip == nil {
				ip = a.Value
			}
		}
	}
	if len(ip) != net.IPv4len && len(ip) != net.IPv6len {
		return nil
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(ones, 8*len(ip))}
}
