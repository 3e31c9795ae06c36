package interop

import (
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// A host's interface gets another address, at once or after it was down for a moment: its peers keep it, and they can
// talk both ways as soon as they have heard from there.
func TestAddressChange(t *testing.T) {
	for name, down := range map[string]time.Duration{"at once": 0, "after 2 s down": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLAN(t, 3, oursConfig{})
			l.talk("before")
			if down > 0 {
				l.cables[0].Cut()
				pass(down)
			}
			l.cables[0].Readdress("10.77.0.99/24")
			if down > 0 {
				l.cables[0].Restore()
			}
			l.movedTo("10.77.0.99")
		})
	}
}

// movedTo sees that the first node is at that address for all others, and that nobody went.
func (l *lan) movedTo(host string) {
	l.t.Helper()
	begin := time.Now()
	for _, p := range l.nodes[1:] {
		p.do("addr", l.nodes[0].ID, host)
		p.expect(event{Type: "DONE", Text: "addr"})
	}
	l.t.Logf("all know where it is after %v", time.Since(begin).Round(time.Millisecond))
	l.talkAgain(0)
}

// talkAgain sees that each two can talk both ways, and that nobody lost another more often than that. Over a transport that does not
// tell what the other host has acknowledged, once is right: what was said into the old connection may be lost.
func (l *lan) talkAgain(exits int) {
	l.t.Helper()
	if !tellsAcknowledged() {
		exits = max(exits, 1)
	}
	begin := time.Now()
	l.pairs(func(a, b *peer) { converse(l.t, a, b) })
	l.t.Logf("all have talked after %v", time.Since(begin).Round(time.Millisecond))
	pass(time.Second)
	for _, p := range l.nodes {
		for _, of := range l.nodes {
			for _, what := range []string{"EXIT", "ENTER"} {
				if n := p.take(event{Type: what, Peer: of.ID}); n > exits {
					l.t.Errorf("%s told %d %s of %s; at most %d are right", p.name, n, what, of.name, exits)
				}
			}
		}
	}
}

// An interface goes down for less than Evasive, and up again: nobody is reported gone, and what is said meanwhile
// arrives.
func TestInterfaceDownAndUp(t *testing.T) {
	t.Parallel()
	l := newLAN(t, 3, oursConfig{})
	l.talk("before")
	l.cables[0].Cut()
	l.nodes[0].do("whisper", l.nodes[1].ID, "from the dark")
	l.nodes[1].do("whisper", l.nodes[0].ID, "into the dark")
	pass(3 * time.Second)
	l.cables[0].Restore()
	l.nodes[1].expect(event{Type: "WHISPER", Msg: []string{"from the dark"}})
	l.nodes[0].expect(event{Type: "WHISPER", Msg: []string{"into the dark"}})
	l.talk("after")
	pass(time.Second)
	l.nobody("because an interface was down for a moment")
}

// A laptop goes from WiFi to cable and back, on one network: two interfaces with an address each, of which now the one
// is gone and now the other. Nobody is reported gone.
//
//	laptop wlan0 10.77.0.1  ──┐
//	       eth0  10.77.0.11 ──┤ lan
//	desk   eth0  10.77.0.2  ──┘
func TestWiFiToCableAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for two moves")
	}
	t.Parallel()
	lab := netlab.New(t)
	between := lab.Switch("lan")
	laptop, desk := lab.Host("laptop"), lab.Host("desk")
	wifi := laptop.Plug(between, "wlan0", "10.77.0.1/24")
	cable := laptop.Plug(between, "eth0", "10.77.0.11/24")
	desk.Plug(between, "eth0", "10.77.0.2/24")
	cable.Cut()
	l := &lan{t: t, nodes: []*peer{
		onHost(laptop, "", "").ours(t, oursConfig{Name: "laptop", Interfaces: []string{"wlan0", "eth0"}}),
		onHost(desk, "", "").ours(t, oursConfig{Name: "desk"}),
	}}
	l.pairs(meet)
	l.talk("by WiFi")
	cable.Restore()
	pass(time.Second) // both at once: it is heard from both
	wifi.Cut()
	l.movedTo("10.77.0.11")
	wifi.Restore()
	pass(time.Second)
	cable.Cut()
	l.movedTo("10.77.0.1")
}

// A host leaves one network for another, where its peer is too, and gets an address there. At most once are both told of an end and a
// new beginning.
//
//	laptop eth0 10.1.0.1 ── one, then eth0 10.2.0.1 ── two
//	desk   eth0 10.1.0.2 ── one
//	       eth1 10.2.0.2 ── two
func TestOtherNetwork(t *testing.T) {
	t.Parallel()
	lab := netlab.New(t)
	one, two := lab.Switch("one"), lab.Switch("two")
	laptop, desk := lab.Host("laptop"), lab.Host("desk")
	cable := laptop.Plug(one, "eth0", "10.1.0.1/24")
	desk.Plug(one, "eth0", "10.1.0.2/24")
	desk.Plug(two, "eth1", "10.2.0.2/24")
	l := &lan{t: t, nodes: []*peer{
		onHost(laptop, "", "").ours(t, oursConfig{Name: "laptop"}),
		onHost(desk, "", "").ours(t, oursConfig{Name: "desk", Interfaces: []string{"eth0", "eth1"}}),
	}}
	l.pairs(meet)
	l.talk("on the one")
	cable.Move(two)
	cable.Readdress("10.2.0.1/24")
	l.nodes[1].do("addr", l.nodes[0].ID, "10.2.0.1")
	l.nodes[1].expect(event{Type: "DONE", Text: "addr"})
	l.talkAgain(1)
}

// A host whose only interface is down, or has no address yet, as long as it boots: its node begins, and is found as soon as there is a
// network. A desk without any wire at all is no different.
//
//	laptop eth0 10.77.0.1 ──┐
//	                        lan
//	desk   eth0 10.77.0.2 ──┘
func TestStartedBeforeTheNetwork(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(laptop *netlab.Host, cable *netlab.Link)
		config        oursConfig
	}{
		"it is down": {
			func(_ *netlab.Host, cable *netlab.Link) { cable.Cut() },
			func(_ *netlab.Host, cable *netlab.Link) { cable.Restore() },
			oursConfig{Name: "laptop"},
		},
		"it has no address": {
			func(laptop *netlab.Host, _ *netlab.Link) { laptop.Output("ip", "address", "flush", "dev", "eth0") },
			func(laptop *netlab.Host, _ *netlab.Link) {
				laptop.Output("ip", "address", "add", "10.77.0.1/24", "broadcast", "+", "dev", "eth0")
			},
			oursConfig{Name: "laptop"},
		},
		"all are down": {
			func(laptop *netlab.Host, cable *netlab.Link) {
				cable.Cut()
				laptop.Output("ip", "link", "set", "lo", "down")
			},
			func(_ *netlab.Host, cable *netlab.Link) { cable.Restore() },
			oursConfig{Name: "laptop", Interfaces: []string{}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := netlab.New(t)
			between := lab.Switch("lan")
			laptop, desk := lab.Host("laptop"), lab.Host("desk")
			cable := laptop.Plug(between, "eth0", "10.77.0.1/24")
			desk.Plug(between, "eth0", "10.77.0.2/24")
			c.before(laptop, cable)
			l := &lan{t: t, nodes: []*peer{
				onHost(laptop, "", "").ours(t, c.config),
				onHost(desk, "", "").ours(t, oursConfig{Name: "desk"}),
			}}
			pass(time.Second) // alone
			c.after(laptop, cable)
			begin := time.Now()
			l.pairs(meet)
			t.Logf("they have met after %v", time.Since(begin).Round(time.Millisecond))
			l.talk("at last")
			l.nobody("after they had met")
		})
	}
}
