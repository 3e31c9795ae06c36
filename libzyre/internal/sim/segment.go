package sim

import (
	"time"
)

// Wire says how a segment carries things.
type Wire struct {
	// Latency is the least time that anything takes; Jitter is what is added at
	// random, seldom more, and once in a hundred times ten times as much.
	Latency time.Duration `json:"latency" toml:"latency"`
	Jitter  time.Duration `json:"jitter" toml:"jitter"`
	// Loss is the share of datagrams that do not arrive, for each receiver.
	Loss float64 `json:"loss" toml:"loss"`
	// Resent is the share of TCP's segments that have to be sent again, and again:
	// that takes 0.2, 0.4, 0.8 or at most 1.6 s.
	Resent float64 `json:"resent" toml:"resent"`
	// Doubled and Late are the shares of datagrams that arrive twice, or 5 to 500 ms
	// late, behind others.
	Doubled float64 `json:"doubled" toml:"doubled"`
	Late    float64 `json:"late" toml:"late"`
	// Bandwidth of a connection in octets a second. 0: without a bound.
	Bandwidth int `json:"bandwidth" toml:"bandwidth"`
	// AccessPoint makes it a wireless network; see Air.
	AccessPoint bool `json:"access-point" toml:"access-point"`
}

// segment is a broadcast domain.
type segment struct {
	w      *World
	number int
	wire   Wire
	ifaces []*iface // by the time they came; those that are down too
	owners map[address]*iface
	cut    map[[2]int32]int // from host, to host: how many partitions part them
	air    *air
}

func (w *World) newSegment(wire Wire) *segment {
	s := &segment{w: w, number: len(w.segments), wire: wire, owners: map[address]*iface{}}
	if wire.AccessPoint {
		s.air = &air{}
	}
	w.segments = append(w.segments, s)
	return s
}

// attach puts a host on the segment.
func (s *segment) attach(h *host) *iface {
	i := &iface{host: h, segment: s, addr: addressOf(s.number, h.number), up: true}
	h.ifaces = append(h.ifaces, i)
	s.ifaces = append(s.ifaces, i)
	s.owners[i.addr] = i
	return i
}

// owner is the interface that has an address now.
func (s *segment) owner(a address) *iface {
	if i := s.owners[a]; i != nil && i.up {
		return i
	}
	return nil
}

// parted reports whether a partition keeps what one host sends from another.
func (s *segment) parted(from, to *host) bool {
	return s.cut != nil && s.cut[[2]int32{int32(from.number), int32(to.number)}] > 0
}

// part begins or ends a partition in one direction.
func (s *segment) part(from, to *host, by int) {
	if s.cut == nil {
		s.cut = map[[2]int32]int{}
	}
	key := [2]int32{int32(from.number), int32(to.number)}
	if s.cut[key] += by; s.cut[key] == 0 {
		delete(s.cut, key)
	}
}

// latency draws how long something takes.
func (s *segment) latency(u uint64) int64 {
	f := unit(u)
	d := float64(s.wire.Latency) + float64(s.wire.Jitter)*f*f
	if u&127 == 0 {
		d += float64(s.wire.Jitter) * 10 * unit(mix(u))
	}
	return int64(d)
}

// path is where a connection runs: two addresses of two hosts.
type path struct {
	segment  *segment // nil: within a host
	from, to *host
	src, dst address
}

// open reports whether what the one who dialled sends arrives, and whether the other
// end's answers do.
func (p *path) open() (there, back bool) {
	if !p.from.kernel() || !p.to.kernel() || !p.from.owns(p.src) || !p.to.owns(p.dst) {
		return false, false
	}
	if p.segment == nil {
		return true, true
	}
	return !p.segment.parted(p.from, p.to), !p.segment.parted(p.to, p.from)
}

// usurped reports whether the address that is sent to belongs to somebody else now,
// who knows of no connection and says so.
func (p *path) usurped() bool {
	if p.segment == nil || !p.from.kernel() || !p.from.owns(p.src) || p.to.owns(p.dst) {
		return false
	}
	i := p.segment.owner(p.dst)
	return i != nil && i.host.kernel() && !p.segment.parted(p.from, i.host) && !p.segment.parted(i.host, p.from)
}

// latency is the time that something takes on the path.
func (p *path) latency(u uint64) int64 {
	if p.segment == nil {
		return int64(20*time.Microsecond) + int64(u&0x7fff)
	}
	return p.segment.latency(u)
}
