//go:build linux

package attack

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// host is an address of this machine that no victim has.
func host(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 8, byte(i / 250), byte(1 + i%250)})
}

// local is the address of the victims.
var local = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// beacon is one that says this (ZRE-DISC).
func beacon(id zyre.UUID, port uint16) []byte {
	b := append([]byte("ZRE\x01"), id[:]...)
	return binary.BigEndian.AppendUint16(b, port)
}

// shouters are UDP sockets, one at each of some addresses, that reach all victims.
type shouters struct {
	t     *testing.T
	conns []*net.UDPConn
	to    *net.UDPAddr
}

func newShouters(v *victims, addrs ...netip.Addr) *shouters {
	v.t.Helper()
	s := &shouters{t: v.t, to: &net.UDPAddr{IP: net.IPv4(127, 255, 255, 255), Port: int(v.config.Port)}}
	for _, addr := range addrs {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: addr.AsSlice()})
		if err != nil {
			v.t.Fatal(err)
		}
		conn.SetReadBuffer(1)
		s.conns = append(s.conns, conn)
	}
	return s
}

// send sends a datagram from one of the addresses.
func (s *shouters) send(i int, data []byte) {
	s.t.Helper()
	if _, err := s.conns[i%len(s.conns)].WriteToUDP(data, s.to); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shouters) close() {
	for _, conn := range s.conns {
		conn.Close()
	}
}

// atRate does something so many times, at that rate as far as it can.
func atRate(times, perSecond int, do func(i int)) {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	began := time.Now()
	for i := 0; i < times; <-ticker.C {
		for due := int(time.Since(began).Seconds() * float64(perSecond)); i < min(due, times); i++ {
			do(i)
		}
	}
}

// decoy is a service that is not to be bothered: it counts who connects, and keeps them until it is closed.
type decoy struct {
	net.Listener
	count atomic.Int64
	first chan struct{} // closed when somebody has connected
	tasks sync.WaitGroup
	done  context.Context
	end   context.CancelFunc
}

// newDecoy listens at an address and port of its own, "0.0.0.0" being all of 127.0.0.0/8.
func newDecoy(t *testing.T, addr netip.Addr) *decoy {
	t.Helper()
	lc := net.ListenConfig{Control: onLoopback}
	l, err := lc.Listen(context.Background(), "tcp4", netip.AddrPortFrom(addr, 0).String())
	if err != nil {
		t.Fatal(err)
	}
	d := &decoy{Listener: l, first: make(chan struct{})}
	d.done, d.end = context.WithCancel(context.Background())
	d.tasks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if d.count.Add(1) == 1 {
				close(d.first)
			}
			d.tasks.Go(func() {
				defer conn.Close()
				stop := context.AfterFunc(d.done, func() { conn.Close() })
				defer stop()
				io.Copy(io.Discard, conn)
			})
		}
	})
	return d
}

func (d *decoy) port() uint16 { return d.Addr().(*net.TCPAddr).AddrPort().Port() }

// endpoint names it as a HELLO does.
func (d *decoy) endpoint() string { return "tcp://" + d.Addr().String() }

func (d *decoy) close() {
	d.Listener.Close()
	d.end()
	d.tasks.Wait()
}
