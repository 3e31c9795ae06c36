package zmtp

import (
	"net"
	"testing"
)

// from is a connection from an address.
type from struct {
	script
	addr   string
	closed bool
}

func (f *from) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(f.addr), Port: 1} }
func (f *from) Close() error         { f.closed = true; return nil }

func TestDoor(t *testing.T) {
	d := &door{most: 4, mostPerAddr: 2}
	var all []*from
	var visitors []*visitor
	enter := func(addr string) {
		f := &from{addr: addr}
		all, visitors = append(all, f), append(visitors, d.enter(f))
	}
	closed := func(want ...int) {
		t.Helper()
		for i, f := range all {
			expected := false
			for _, w := range want {
				expected = expected || w == i
			}
			if f.closed != expected {
				t.Errorf("connection %d of %s: closed is %t", i, f.addr, f.closed)
			}
		}
	}
	enter("10.0.0.1") // 0
	enter("10.0.0.2") // 1
	enter("10.0.0.2") // 2
	closed()
	enter("10.0.0.2") // 3: a third from there
	closed(1)
	if d.leave(visitors[1]) {
		t.Error("who was sent away may stay")
	}
	enter("10.0.0.3") // 4
	closed(1)
	enter("10.0.0.4") // 5: a fifth
	closed(1, 0)
	if !d.leave(visitors[2]) || d.leave(visitors[2]) {
		t.Error("who is through with it is so once")
	}
	enter("10.0.0.5") // 6: there is room again
	closed(1, 0)
	d.close()
	closed(0, 1, 3, 4, 5, 6) // not 2, which has left
	if d.enter(&from{addr: "10.0.0.9"}) != nil || len(d.visitors) != 0 || len(d.perAddr) != 0 {
		t.Error("a closed door lets in")
	}
}
