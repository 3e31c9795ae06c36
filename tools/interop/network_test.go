package interop

import (
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// TestTwoNetworks has a host that is on two networks. Whoever is on either
// reaches it at its address there; the two ends do not see each other.
//
//	left  eth0 10.1.0.1 ── left network ── 10.1.0.2 eth0 ┐
//	                                                     middle
//	right eth0 10.2.0.1 ── right network ─ 10.2.0.2 eth1 ┘
func TestTwoNetworks(t *testing.T) {
	for name, kind := range map[string]foreign{
		"ours": func(t *testing.T, s site, name string, _ map[string]string) *peer {
			return s.ours(t, oursConfig{Name: name})
		},
		"raw":     raw,
		"zyre.js": zyreJS,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := netlab.New(t)
			leftNet, rightNet := lab.Switch("leftnet"), lab.Switch("rightnet")
			left, middle, right := lab.Host("left"), lab.Host("middle"), lab.Host("right")
			left.Plug(leftNet, "eth0", "10.1.0.1/24")
			middle.Plug(leftNet, "eth0", "10.1.0.2/24")
			middle.Plug(rightNet, "eth1", "10.2.0.2/24")
			right.Plug(rightNet, "eth0", "10.2.0.1/24")
			both := onHost(middle, "", "")

			l := kind(t, onHost(left, "10.1.0.1", "10.1.0.255"), "left", nil)
			ours := both.ours(t, oursConfig{Name: "middle", Interfaces: []string{"eth0", "eth1", "lo"}})
			r := kind(t, onHost(right, "10.2.0.1", "10.2.0.255"), "right", nil)
			for _, end := range []struct {
				*peer
				their, our string
			}{{l, "10.1.0.1", "10.1.0.2"}, {r, "10.2.0.1", "10.2.0.2"}} {
				we := ours.expect(event{Type: "ENTER", Peer: end.ID})
				they := end.expect(event{Type: "ENTER", Peer: ours.ID})
				if !strings.HasPrefix(we.Addr, "tcp://"+end.their+":") {
					t.Errorf("%s is at %s", end.name, we.Addr)
				}
				if !strings.HasPrefix(they.Addr, "tcp://"+end.our+":") {
					t.Errorf("%s believes us to be at %s", end.name, they.Addr)
				}
				echo(ours, end.peer, "hello "+end.name)
			}
			l.never(event{Type: "ENTER"})
			r.never(event{Type: "ENTER"})
		})
	}
}

// Two hosts that share both networks are one peer to each other, and stay so
// when the one network is cut.
//
//	a eth0 10.1.0.1 ── one ── 10.1.0.2 eth0 b
//	a eth1 10.2.0.1 ── two ── 10.2.0.2 eth1 b
func TestCutOneOfTwo(t *testing.T) {
	t.Parallel()
	lab := netlab.New(t)
	a, b := lab.Host("a"), lab.Host("b")
	a1, _ := lab.Wire(a, "eth0", "10.1.0.1/24", b, "eth0", "10.1.0.2/24")
	a2, _ := lab.Wire(a, "eth1", "10.2.0.1/24", b, "eth1", "10.2.0.2/24")
	config := oursConfig{Interfaces: []string{"eth0", "eth1"}, Evasive: 1500 * time.Millisecond, Expired: 6 * time.Second}
	config.Name = "alice"
	alice := onHost(a, "", "").ours(t, config)
	config.Name = "bob"
	bob := onHost(b, "", "").ours(t, config)
	enter := alice.expect(event{Type: "ENTER", Peer: bob.ID})
	bob.expect(event{Type: "ENTER", Peer: alice.ID})
	echo(alice, bob, "over any")

	cut, other := a1, "10.2.0.2"
	if strings.HasPrefix(enter.Addr, "tcp://10.2.0.2:") {
		cut, other = a2, "10.1.0.2"
	}
	cut.Cut()
	// What is said now is not lost: it takes the other way, or the next life
	// begins with an EXIT that admits a loss. Either way they talk in the end.
	talkAgain(t, alice, bob, other)
}

// talkAgain has both say something until the other hears it.
func talkAgain(t *testing.T, alice, bob *peer, addr string) {
	t.Helper()
	for _, way := range []struct{ from, to *peer }{{alice, bob}, {bob, alice}} {
		for tries := 0; ; tries++ {
			way.from.do("ping", way.to.ID)
			reply := way.from.expect(event{Type: "DONE", Text: "ping"}, event{Type: "FAILED"})
			if reply.Type == "DONE" {
				break
			}
			if tries == 10 {
				t.Fatalf("over %s: %v", addr, reply)
			}
			if strings.Contains(reply.Text, "no such peer") { // between two lives
				way.from.expect(event{Type: "ENTER", Peer: way.to.ID})
			}
		}
	}
	echo(alice, bob, "over the other")
}

// The network goes and comes: both let go, and meet again.
//
//	a eth0 10.77.0.1 ──┐
//	                   lan
//	b eth0 10.77.0.2 ──┘
func TestCableOutAndIn(t *testing.T) {
	t.Parallel()
	lab := netlab.New(t)
	lan := lab.Switch("lan")
	a, b := lab.Host("a"), lab.Host("b")
	cable := a.Plug(lan, "eth0", "10.77.0.1/24")
	b.Plug(lan, "eth0", "10.77.0.2/24")
	config := oursConfig{Evasive: 1500 * time.Millisecond, Expired: 4 * time.Second}
	config.Name = "alice"
	alice := onHost(a, "", "").ours(t, config)
	config.Name = "bob"
	bob := onHost(b, "", "").ours(t, config)
	meet(alice, bob)
	cable.Cut()
	alice.expect(event{Type: "EXIT", Peer: bob.ID})
	bob.expect(event{Type: "EXIT", Peer: alice.ID})
	cable.Restore()
	meet(alice, bob)
	echo(alice, bob, "again")
}

// Where beacons do not pass any more, peers that know each other stay: they
// answer when asked.
//
//	a eth0 10.77.0.1 ──┐
//	                   lan
//	b eth0 10.77.0.2 ──┘
func TestBeaconsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for what is lost")
	}
	t.Parallel()
	lab := netlab.New(t)
	lan := lab.Switch("lan")
	a, b := lab.Host("a"), lab.Host("b")
	a.Plug(lan, "eth0", "10.77.0.1/24")
	b.Plug(lan, "eth0", "10.77.0.2/24")
	ours := onHost(a, "", "").ours(t, oursConfig{Name: "ours", Evasive: 500 * time.Millisecond, Expired: 3 * time.Second})
	theirs := raw(t, onHost(b, "10.77.0.2", "10.77.0.255"), "theirs", nil)
	meet(ours, theirs)
	lost := a.Drop(netlab.In, "udp dport 5670")
	for range 8 { // more than Expired
		theirs.expect(event{Type: "PING", Peer: ours.ID})
	}
	if lost.Packets() == 0 {
		t.Error("no beacon was lost")
	}
	echo(ours, theirs, "still here")
	ours.never(event{Type: "EXIT"})
}

// A node on loopback alone sends nothing anywhere else, on a host that has a
// network too.
//
//	a eth0 10.77.0.1 ──── eth0 10.77.0.2 b
func TestLoopbackStays(t *testing.T) {
	t.Parallel()
	lab := netlab.New(t)
	a, b := lab.Host("a"), lab.Host("b")
	lab.Wire(a, "eth0", "10.77.0.1/24", b, "eth0", "10.77.0.2/24")
	elsewhere := a.Count(netlab.Out, `oifname "eth0" meta l4proto { tcp, udp }`)
	on := onHost(a, "127.0.0.1", "127.255.255.255")
	on.iface = "lo"
	alice, bob := on.ours(t, oursConfig{Name: "alice"}), on.ours(t, oursConfig{Name: "bob"})
	meet(alice, bob)
	alice.quit()
	bob.expect(event{Type: "EXIT", Peer: alice.ID})
	bob.quit()
	if n := elsewhere.Packets(); n != 0 {
		t.Errorf("%d packets left the machine", n)
	}
}
