package udplib

import (
	"fmt"
	"net"
	"net/netip"
)

// Interface is a way onto a network, with what broadcasting there takes.
type Interface struct {
	Name      string     // as the system calls it: "eth0"
	Address   netip.Addr // ours, IPv4
	Broadcast netip.Addr // everybody's
}

// Find looks up an interface by name. Without a name it takes the first that is up and can broadcast; when there is none,
// loopback, where at least the programs of this machine find each other.
func Find(name string) (Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return Interface{}, fmt.Errorf("udplib: list the interfaces: %w", err)
	}
	var loopback Interface
	for _, candidate := range all {
		i, ok := usable(candidate)
		switch {
		case !ok || name != "" && name != candidate.Name:
		case name != "" || candidate.Flags&net.FlagBroadcast != 0:
			return i, nil
		case candidate.Flags&net.FlagLoopback != 0:
			loopback = i
		}
	}
	if name != "" {
		return Interface{}, fmt.Errorf("udplib: no interface %q that is up and has an IPv4 address: `ip address` shows which have", name)
	}
	if loopback.Name == "" {
		return Interface{}, fmt.Errorf("udplib: no interface is up and has an IPv4 address: switch the network on")
	}
	return loopback, nil
}

// usable says whether an interface is up and has an IPv4 address.
func usable(candidate net.Interface) (Interface, bool) {
	if candidate.Flags&net.FlagUp == 0 {
		return Interface{}, false
	}
	addrs, err := candidate.Addrs()
	if err != nil {
		return Interface{}, false // it went away while we looked
	}
	for _, addr := range addrs {
		if network, ok := addr.(*net.IPNet); ok && network.IP.To4() != nil {
			return Interface{
				Name:      candidate.Name,
				Address:   netip.AddrFrom4([4]byte(network.IP.To4())),
				Broadcast: broadcast(network),
			}, true
		}
	}
	return Interface{}, false
}

// broadcast is the last address of a network: every bit that the mask leaves to the hosts is one.
func broadcast(network *net.IPNet) netip.Addr {
	last := [4]byte(network.IP.To4())
	for i := range last {
		last[i] |= ^network.Mask[len(network.Mask)-len(last)+i]
	}
	return netip.AddrFrom4(last)
}
