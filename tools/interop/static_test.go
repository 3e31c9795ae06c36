//go:build unix

package interop

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// routed is two networks with a router between them, which no broadcast passes.
//
//	left  eth0 10.1.0.1 ── 10.1.0.254 router 10.2.0.254 ── 10.2.0.1 eth0 right
func routed(t *testing.T) (left, router, right *netlab.Host) {
	t.Helper()
	lab := netlab.New(t)
	left, router, right = lab.Host("left"), lab.Host("router"), lab.Host("right")
	l, toLeft := lab.Wire(left, "eth0", "10.1.0.1/24", router, "eth0", "10.1.0.254/24")
	toRight, r := lab.Wire(router, "eth1", "10.2.0.254/24", right, "eth0", "10.2.0.1/24")
	router.Route()
	l.Gateway(toLeft.Addr())
	r.Gateway(toRight.Addr())
	return left, router, right
}

// One node is told where the other is, and tries until somebody is there: before it starts, and after it was killed and
// came back.
func TestStaticPeers(t *testing.T) {
	t.Parallel()
	left, _, right := routed(t)
	c := usual()
	c.Peers = []string{"tcp://10.2.0.1:50000"}
	alice := onHost(left, "", "").ours(t, named("alice", c))
	start := func(name string) *peer {
		c := usual()
		c.TCPPort = 50000
		return onHost(right, "", "").ours(t, named(name, c))
	}
	alice.do("join", "CHAT") // it has had time to try in vain
	alice.expect(event{Type: "DONE"})
	bob := start("bob")
	meet(alice, bob)
	bob.expect(event{Type: "JOIN", Peer: alice.ID, Group: "CHAT"})
	echo(alice, bob, "over the router")

	begin := time.Now()
	bob.signal(syscall.SIGKILL)
	told(alice, bob, begin, unreachable()...)
	again := start("again")
	meet(alice, again)
	echo(alice, again, "over the router again")
	alice.never(event{Type: "EXIT"})
}

// Who is hidden behind a router that forwards one port says where it is to be found. Others connect there because its
// connections come from there.
//
//	hidden eth0 10.1.0.1 ── router, whose 10.2.0.254:50001 is hidden's 50000 ── 10.2.0.1 eth0 right
func TestAdvertise(t *testing.T) {
	t.Parallel()
	left, router, right := routed(t)
	router.NAT("eth1", 50001, "10.1.0.1:50000")
	c := usual()
	c.Peers, c.TCPPort, c.Advertise = []string{"tcp://10.2.0.1:50000"}, 50000, "tcp://10.2.0.254:50001"
	hidden := onHost(left, "", "").ours(t, named("hidden", c))
	c = usual()
	c.TCPPort = 50000
	seen := onHost(right, "", "").ours(t, named("seen", c))
	e := seen.expect(event{Type: "ENTER", Peer: hidden.ID})
	if !strings.HasPrefix(e.Addr, "tcp://10.2.0.254:50001") {
		t.Errorf("the hidden one is at %s", e.Addr)
	}
	hidden.expect(event{Type: "ENTER", Peer: seen.ID})
	echo(hidden, seen, "through the wall")
	hidden.quit()
	seen.expect(event{Type: "EXIT", Peer: hidden.ID})
}

// Both ways at once: those on one network find each other by beacons, and one elsewhere by its address; it is told of all
// by name, and nobody is told twice.
//
//	near1 eth0 10.77.0.1 ──┐
//	near2 eth0 10.77.0.2 ──┤ lan ── 10.77.0.254 router 10.2.0.254 ── 10.2.0.1 eth0 far
func TestStaticAndBeacons(t *testing.T) {
	t.Parallel()
	lab := netlab.New(t)
	lan := lab.Switch("lan")
	near1, near2, router, far := lab.Host("near1"), lab.Host("near2"), lab.Host("router"), lab.Host("far")
	c1, c2 := near1.Plug(lan, "eth0", "10.77.0.1/24"), near2.Plug(lan, "eth0", "10.77.0.2/24")
	toLAN := router.Plug(lan, "eth0", "10.77.0.254/24")
	toFar, f := lab.Wire(router, "eth1", "10.2.0.254/24", far, "eth0", "10.2.0.1/24")
	router.Route()
	for _, c := range []*netlab.Link{c1, c2} {
		c.Gateway(toLAN.Addr())
	}
	f.Gateway(toFar.Addr())
	c := oursConfig{TCPPort: 50000}
	one, two := onHost(near1, "", "").ours(t, named("one", c)), onHost(near2, "", "").ours(t, named("two", c))
	c.Peers = []string{"10.77.0.1:50000", "tcp://10.77.0.2:50000", "10.77.0.3:50000"} // nobody is at the last
	third := onHost(far, "", "").ours(t, named("far", c))
	nodes := []*peer{one, two, third}
	pairs(nodes, nodes, meet)
	pairs(nodes, nodes, func(a, b *peer) { echo(a, b, "hello") })
	pass(2 * time.Second)
	for _, p := range nodes {
		p.never(event{Type: "ENTER"})
		p.never(event{Type: "EXIT"})
	}
}
