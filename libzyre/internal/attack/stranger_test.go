//go:build linux

package attack

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
)

// greeting is what a ZMTP peer says first.
func greeting() []byte {
	g := make([]byte, 64)
	g[0], g[8], g[9], g[10], g[11] = 0xFF, 1, 0x7F, 3, 1
	copy(g[12:], "NULL")
	return g
}

// ready is the command that follows it.
func ready(kind string, identity []byte) []byte {
	body := []byte("\x05READY\x0bSocket-Type")
	body = append(binary.BigEndian.AppendUint32(body, uint32(len(kind))), kind...)
	body = append(body, "\x08Identity"...)
	body = append(binary.BigEndian.AppendUint32(body, uint32(len(identity))), identity...)
	return frame(nil, 4, body)
}

// frame appends a frame of ZMTP.
func frame(dst []byte, flags byte, body []byte) []byte {
	if len(body) <= 255 {
		dst = append(dst, flags, byte(len(body)))
	} else {
		dst = binary.BigEndian.AppendUint64(append(dst, flags|2), uint64(len(body)))
	}
	return append(dst, body...)
}

// message appends the frames of one.
func message(dst []byte, frames ...[]byte) []byte {
	for i, f := range frames {
		flags := byte(1)
		if i == len(frames)-1 {
			flags = 0
		}
		dst = frame(dst, flags, f)
	}
	return dst
}

// identity is how a node of ZRE is known to ZeroMQ.
func identity(id zyre.UUID) []byte { return append([]byte{1}, id[:]...) }

// dial connects from one address to another.
func dial(t *testing.T, from netip.Addr, to netip.AddrPort) net.Conn {
	t.Helper()
	conn, err := tryDial(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func tryDial(from netip.Addr, to netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from.AsSlice()}, Timeout: patience}
	return d.DialContext(context.Background(), "tcp4", to.String())
}

// put writes, and says whether the other end still took it.
func put(conn net.Conn, octets []byte) bool {
	conn.SetWriteDeadline(time.Now().Add(patience))
	_, err := conn.Write(octets)
	return err == nil
}

// finish says that nothing more will come, and waits until the other end has read everything and hangs up.
func finish(conn net.Conn) {
	conn.(*net.TCPConn).CloseWrite()
	conn.SetReadDeadline(time.Now().Add(patience))
	io.Copy(io.Discard, conn)
	conn.Close()
}

// stranger is a peer by hand: it speaks ZRE to a victim, and listens at its own address for the answers.
type stranger struct {
	t        *testing.T
	id       zyre.UUID
	addr     netip.Addr
	victim   netip.AddrPort
	listener net.Listener
	conn     net.Conn
	sequence uint16
	answers  atomic.Int64 // connections of the victim to us
	tasks    sync.WaitGroup
	done     context.Context
	end      context.CancelFunc
}

// manner is how a stranger answers.
type manner struct {
	deaf   bool   // it reads nothing
	router []byte // the identity of its ROUTER
}

// newStranger makes one that has not connected yet.
func newStranger(v *victims, addr netip.Addr, victim int, m manner) *stranger {
	v.t.Helper()
	lc := net.ListenConfig{}
	if m.deaf {
		lc.Control = smallBuffer
	}
	l, err := lc.Listen(context.Background(), "tcp4", netip.AddrPortFrom(addr, 0).String())
	if err != nil {
		v.t.Fatal(err)
	}
	s := &stranger{t: v.t, id: zyre.NewUUID(), addr: addr, victim: v.at(victim), listener: l}
	s.done, s.end = context.WithCancel(context.Background())
	s.tasks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.answers.Add(1)
			s.tasks.Go(func() { s.answer(conn, &m) })
		}
	})
	return s
}

// answer is the ROUTER that the victim's DEALER connects to.
func (s *stranger) answer(conn net.Conn, m *manner) {
	defer conn.Close()
	stop := context.AfterFunc(s.done, func() { conn.Close() })
	defer stop()
	if !put(conn, append(greeting(), ready("ROUTER", m.router)...)) {
		return
	}
	if m.deaf {
		<-s.done.Done()
		return
	}
	io.Copy(io.Discard, conn)
}

func (s *stranger) endpoint() string { return "tcp://" + s.listener.Addr().String() }

func (s *stranger) port() uint16 { return s.listener.Addr().(*net.TCPAddr).AddrPort().Port() }

// connect shakes hands as a DEALER.
func (s *stranger) connect() {
	s.t.Helper()
	s.conn = dial(s.t, s.addr, s.victim)
	put(s.conn, append(greeting(), ready("DEALER", identity(s.id))...))
}

// hello says HELLO, of that endpoint.
func (s *stranger) hello(endpoint string, groups ...string) {
	s.t.Helper()
	m := zre.Message{ID: zre.IDHello, Endpoint: []byte(endpoint), Name: fmt.Appendf(nil, "stranger %v", s.addr)}
	for _, group := range groups {
		m.Groups = append(m.Groups, []byte(group))
	}
	s.sequence = 0
	s.say(&m)
}

// say sends a message with the sequence that is its turn, and says whether the victim still took it.
func (s *stranger) say(m *zre.Message) bool {
	s.t.Helper()
	s.sequence++
	m.Sequence = s.sequence
	octets, err := m.Append(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return put(s.conn, message(nil, append([][]byte{octets}, m.Content...)...))
}

// finish waits until the victim has read what was said.
func (s *stranger) finish() { finish(s.conn) }

// leave ends everything that the stranger has.
func (s *stranger) leave() {
	if s.conn != nil {
		s.conn.Close()
	}
	s.listener.Close()
	s.end()
	s.tasks.Wait()
}

// entered waits until a victim has told that many strangers' ENTER.
func (v *victims) entered(victim, count int) {
	v.t.Helper()
	v.until(fmt.Sprintf("%d strangers enter", count), func(r *report) bool {
		return r.Nodes[victim].Strangers[zyre.Enter.String()] >= count
	})
	if v.t.Failed() {
		v.t.FailNow()
	}
}
