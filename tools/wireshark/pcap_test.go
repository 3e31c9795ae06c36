//go:build unix

package wireshark_test

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// capture is a file of packets, as libpcap writes them, without link layer: linktype RAW.
type capture struct {
	data    []byte
	packets uint32
	next    map[way]uint32 // sequence numbers
}

// way is a direction of a TCP connection.
type way struct{ from, to netip.AddrPort }

func (w way) back() way { return way{w.to, w.from} }

func newCapture() *capture {
	c := &capture{next: map[way]uint32{}}
	for _, v := range []uint32{0xa1b2c3d4, 2 | 4<<16, 0, 0, 1 << 20, 101} {
		c.data = binary.LittleEndian.AppendUint32(c.data, v)
	}
	return c
}

// connection is one of its own, from the client's side.
func connection(i int) way {
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 14), 1}), uint16(49152+i&0x3fff))
	return way{client, netip.MustParseAddrPort("10.1.0.1:50000")}
}

// ip adds a packet of IPv4 that holds a segment or datagram.
func (c *capture) ip(w way, protocol byte, body []byte) {
	p := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0}
	binary.BigEndian.PutUint16(p[2:], uint16(20+len(body)))
	p = append(append(p, w.from.Addr().AsSlice()...), w.to.Addr().AsSlice()...)
	p = append(p, body...)
	c.packets++
	for _, v := range []uint32{c.packets, 0, uint32(len(p)), uint32(len(p))} {
		c.data = binary.LittleEndian.AppendUint32(c.data, v)
	}
	c.data = append(c.data, p...)
}

func ports(w way) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, w.from.Port()), w.to.Port())
}

// udp adds a datagram.
func (c *capture) udp(w way, data []byte) {
	head := binary.BigEndian.AppendUint16(ports(w), uint16(8+len(data)))
	c.ip(w, 17, append(append(head, 0, 0), data...))
}

// tcp adds data that a connection carries, in segments of so many octets.
func (c *capture) tcp(w way, segment int, data []byte) {
	for len(data) > 0 {
		n := min(segment, len(data))
		c.segment(w, c.next[w], data[:n])
		c.next[w] += uint32(n)
		data = data[n:]
	}
}

func (c *capture) segment(w way, sequence uint32, data []byte) {
	head := binary.BigEndian.AppendUint32(ports(w), 1+sequence)
	head = binary.BigEndian.AppendUint32(head, 1+c.next[w.back()])
	head = append(head, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0)
	c.ip(w, 6, append(head, data...))
}

func itoa(i int) string { return strconv.Itoa(i) }
