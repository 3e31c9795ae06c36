package sim

import (
	"net/netip"
	"time"
)

// address is an IPv4 address: 10, segment, host in two octets. Loopback is
// 127.0.0.1.
type address uint32

const loopback address = 127<<24 | 1

func addressOf(segment, host int) address {
	return address(10<<24 | segment<<16 | (host + 1))
}

func (a address) addr() netip.Addr {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
}

func addressFrom(a netip.Addr) address {
	b := a.Unmap().As4()
	return address(b[0])<<24 | address(b[1])<<16 | address(b[2])<<8 | address(b[3])
}

// host is a machine: interfaces, a kernel, a clock, processes.
type host struct {
	w      *World
	number int
	ifaces []*iface
	procs  []*process // that run, or are frozen
	dark   bool       // it has no power
	asleep bool       // nothing runs, the kernel neither
	offset int64      // of its clock
	slept  int64      // since when it is asleep
	broken fault      // why it does not run or cannot be heard; see calm
	boots  int        // how often it lost its power
	hops   int        // how often it moved to another address
}

// iface is an interface of a host on a segment.
type iface struct {
	host    *host
	segment *segment
	addr    address
	up      bool
}

// on is the host's interface on a segment, if that is up.
func (h *host) on(s *segment) *iface {
	for _, i := range h.ifaces {
		if i.segment == s && i.up {
			return i
		}
	}
	return nil
}

// owns reports whether an address is the host's now.
func (h *host) owns(a address) bool {
	if a == loopback {
		return true
	}
	for _, i := range h.ifaces {
		if i.addr == a && i.up {
			return true
		}
	}
	return false
}

// routes is the address of ours that leads to another one: 0 if none does.
func (h *host) routes(to address) (from address, s *segment) {
	if to == loopback {
		return loopback, nil
	}
	if h.owns(to) {
		return to, nil
	}
	for _, i := range h.ifaces {
		if i.up && i.addr>>16 == to>>16 {
			return i.addr, i.segment
		}
	}
	return 0, nil
}

// kernel reports whether the host's kernel runs.
func (h *host) kernel() bool { return !h.dark && !h.asleep }

// clock is what the host's processes take for the time.
func (h *host) clock(at int64) time.Time { return epoch.Add(time.Duration(at + h.offset)) }

// due is when that is, of the world's own time.
func (h *host) due(t time.Time) int64 { return int64(t.Sub(epoch)) - h.offset }

// epoch is when worlds begin.
var epoch = time.Unix(0, 0).UTC()

// listener finds who listens at a port.
func (h *host) listener(port uint16) *process {
	for _, p := range h.procs {
		if p.port == port && p.listens {
			return p
		}
	}
	return nil
}
