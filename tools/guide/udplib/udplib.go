// Package udplib keeps the ugly part of UDP broadcast out of sight: which interface, which broadcast address, which
// errors matter, and which datagrams are our own.
//
// It is part of a ladder of examples. libzyre/beacon is what it grew into: every interface at once, followed as they come and go.
//
// Draft: this package may change.
package udplib

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// UDP broadcasts on one network and hears what others broadcast there. Send and Recv may be called at the same time.
type UDP struct {
	Interface Interface // the network that it is on
	port      uint16
	in, out   *net.UDPConn
}

// New opens the port, 1 to 65535, on the interface of that name; on one that Find chooses when the name is empty.
// Any number of programs on a machine may open the same port, if all of them ask for it as this one does.
func New(port int, name string) (*UDP, error) {
	if port < 1 || port > 65535 {
		return nil, fmt.Errorf("udplib: port %d: choose one of 1 to 65535, the same for all peers", port)
	}
	i, err := Find(name)
	if err != nil {
		return nil, err
	}
	sharing := net.ListenConfig{Control: share}
	in, err := sharing.ListenPacket(context.Background(), "udp4", fmt.Sprintf(":%d", port))
	if err != nil {
		return nil, fmt.Errorf("udplib: hear port %d: %w", port, err)
	}
	// What leaves has a socket, and so a port, of its own: by that we know our own datagrams among those of
	// all the programs on this machine.
	out, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(i.Address, 0)))
	if err != nil {
		in.Close()
		return nil, fmt.Errorf("udplib: speak on %s: %w", i.Name, err)
	}
	return &UDP{Interface: i, port: uint16(port), in: in.(*net.UDPConn), out: out}, nil
}

// Send broadcasts up to 512 octets. An error that may pass, such as a network that is down, counts as a
// datagram lost: Send returns nil, and the caller will ping again anyway. It does not block.
func (u *UDP) Send(data []byte) error {
	if len(data) > 512 {
		return fmt.Errorf("udplib: %d octets: a datagram that always arrives whole has at most 512", len(data))
	}
	_, err := u.out.WriteToUDPAddrPort(data, netip.AddrPortFrom(u.Interface.Broadcast, u.port))
	if err != nil && !passes(err) {
		return fmt.Errorf("udplib: send: %w", err)
	}
	return nil
}

// Recv blocks until somebody else's datagram is in data, cut if it is longer, and returns how long it is and who sent it.
// After Close it returns an error that is net.ErrClosed.
func (u *UDP) Recv(data []byte) (n int, from netip.AddrPort, err error) {
	self := u.out.LocalAddr().(*net.UDPAddr).AddrPort()
	for {
		n, from, err = u.in.ReadFromUDPAddrPort(data)
		switch {
		case err != nil && !passes(err):
			return 0, from, fmt.Errorf("udplib: receive: %w", err)
		case err == nil && from != self:
			return n, from, nil
		}
	}
}

// Close ends a Recv that waits.
func (u *UDP) Close() error {
	return errors.Join(u.in.Close(), u.out.Close())
}
