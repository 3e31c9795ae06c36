package doctor

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/netlab"
)

func TestHealthy(t *testing.T) {
	for _, c := range []struct {
		name  string
		peer  bool
		build func(s *scene)
		notes []string
	}{
		{name: "with a peer", peer: true},
		{name: "alone", notes: []string{Nobody}},
		{name: "named interface", peer: true, build: func(s *scene) { s.args = append(s.args, "--interface", "eth0") }},
		{name: "another node here", build: func(s *scene) { s.run(s.alice, "peer", "eth0") }, notes: []string{Nobody}},
		{name: "what others have too", peer: true, build: (*scene).harmless, notes: []string{NoBroadcast}},
		{name: "an idle plug", peer: true, build: func(s *scene) {
			s.alice.Plug(s.lab.Switch("other"), "eth1", "10.78.0.1/24").Cut()
		}, notes: []string{Unplugged}},
		{name: "a filter that lets us through", peer: true, build: func(s *scene) {
			s.nft("chain in { type filter hook input priority 0; policy drop; ct state established,related accept; iifname lo accept; udp dport 5670 accept; tcp dport 49152-65535 accept; }")
		}},
		{name: "a filter of others", peer: true, build: func(s *scene) {
			s.nft("chain in { type filter hook input priority 0; ip saddr 10.99.0.0/16 drop; tcp dport 1-1023 drop; udp dport 53 drop; }")
		}},
		{name: "low limit", peer: true, build: func(s *scene) { s.limit = "200" }, notes: []string{Descriptors}},
		{name: "without rights", peer: true, build: func(s *scene) { s.as = "nobody" }, notes: []string{NotSeen}},
		{name: "strangers on the port", peer: true, build: func(s *scene) { s.run(s.bob, "announcer", "48454c4c4f") }, notes: []string{Strange}},
		{name: "named peer", peer: true, build: func(s *scene) {
			s.run(s.bob, "announcer", "48454c4c4f")
			s.args = append(s.args, "--peer", "10.77.0.2:50505")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			if c.peer {
				s.run(s.bob, "peer", "eth0")
			}
			if c.build != nil {
				c.build(s)
			}
			r, code := s.doctor()
			if code != 0 || !r.Healthy || len(wrong(r)) > 0 {
				t.Errorf("exit code %d: %+v", code, r)
			}
			for _, note := range c.notes {
				if !noted(r, note) {
					t.Errorf("no note %s: %+v", note, r.Findings)
				}
			}
			if c.peer && !slices.ContainsFunc(r.Peers, func(p jsonPeer) bool { return p.Name == "bob" && p.Entered && p.Interface == "eth0" }) {
				t.Errorf("no bob: %+v", r.Peers)
			}
		})
	}
}

// nft gives alice rules.
func (s *scene) nft(chains string) {
	s.t.Helper()
	s.alice.Output("nft", "table inet f {\n"+strings.ReplaceAll(chains, "; ", "\n")+"\n}")
}

// What the faults of TestOneFault can look like otherwise.
func TestOtherFaults(t *testing.T) {
	for _, f := range []fault{
		{code: FirewallUDP, name: "policy", says: []string{"policy drop", "sudo nft insert rule inet f in udp dport 5670 accept"}, build: func(s *scene) {
			s.nft("chain in { type filter hook input priority 0; policy drop; ct state established,related accept; iifname lo accept; tcp dport 49152-65535 accept; }")
		}},
		{code: FirewallUDP, name: "out", says: []string{"outgoing announcements", "sudo nft insert rule inet netlab output udp dport 5670 accept"}, build: func(s *scene) {
			s.alice.Drop(netlab.Out, "udp dport 5670")
		}},
		{code: FirewallUDP, name: "without rights", says: []string{"probably", "sudo zyre doctor"}, build: func(s *scene) {
			s.alice.Drop(netlab.In, "udp dport 5670")
			s.as = "nobody"
		}},
		{code: FirewallUDP, name: "out, without rights", says: []string{"refuses to send"}, build: func(s *scene) {
			s.alice.Drop(netlab.Out, "udp dport 5670")
			s.as = "nobody"
		}},
		{code: FirewallUDP, name: "perhaps", says: []string{"probably", "udp dport 5670 accept"}, build: func(s *scene) {
			s.alice.Drop(netlab.In, "udp dport 5670 meta mark 0")
		}},
		{code: FirewallTCP, name: "all", says: []string{"incoming connections"}, build: func(s *scene) {
			s.alice.Drop(netlab.In, "meta l4proto tcp")
		}},
		{code: FirewallTCP, name: "out", says: []string{"outgoing connections", "sudo nft insert rule inet netlab output tcp dport 49152-65535 accept"}, build: func(s *scene) {
			s.alice.Drop(netlab.Out, "tcp flags & (syn|ack) == syn")
		}},
		{code: FirewallTCP, name: "answers", says: []string{"answers to outgoing", "ct state established,related accept"}, build: func(s *scene) {
			s.alice.Drop(netlab.In, "tcp dport 1-49151")
		}},
		{code: FirewallTCP, name: "without rights", says: []string{"probably", "sudo zyre doctor"}, build: func(s *scene) {
			s.alice.Drop(netlab.In, stateful)
			s.as = "nobody"
		}},
		{code: FirewallTCP, name: "port", says: []string{"TCP port 50001", "tcp dport 50001 accept"}, build: func(s *scene) {
			s.alice.Drop(netlab.In, "ct state new tcp dport 50001")
			s.args = append(s.args, "--tcp-port", "50001")
		}},
		{code: PortOwned, name: "tcp", says: []string{"TCP port 50001", "sudo kill "}, build: func(s *scene) {
			s.run(s.alice, "tcpholder", ":50001")
			s.args = append(s.args, "--tcp-port", "50001")
		}},
		{code: PortOwned, name: "without rights", says: []string{"of user 0", "ss -ulpn"}, build: func(s *scene) {
			s.run(s.alice, "holder")
			s.as = "nobody"
		}},
		{code: WrongInterface, name: "missing", says: []string{`no interface "eth9"`, "lo, eth0"}, build: func(s *scene) {
			s.args = append(s.args, "--interface", "eth9")
		}},
		{code: WrongInterface, name: "idle", says: []string{"eth1 is down", "sudo ip link set dev eth1 up"}, build: func(s *scene) {
			s.alice.Plug(s.lab.Switch("other"), "eth1", "10.78.0.1/24").Cut()
			s.args = append(s.args, "--interface", "eth1", "--interface", "eth0")
		}},
		{code: WrongInterface, name: "loopback", says: []string{"only lo"}, build: func(s *scene) {
			s.args = append(s.args, "--interface", "lo")
		}},
		{code: NoBroadcastRoute, name: "no network", says: []string{"10.77.0.1/32", "--peer"}, build: func(s *scene) {
			s.cable.Readdress("10.77.0.1/32")
		}},
		{code: NoInterface, name: "down", says: []string{"eth0 is down", "sudo ip link set dev eth0 up"}, build: func(s *scene) { s.cable.Cut() }},
		{code: NoInterface, name: "unplugged", says: []string{"no carrier"}, build: func(s *scene) { s.cable.Unplug() }},
		{code: NoInterface, name: "no cable at all", says: []string{"there is no other interface"}, build: func(s *scene) { s.cable.Remove() }},
		{code: PeerUnreachable, name: "filter over there", says: []string{"sudo ufw allow 49152:65535/tcp"}, build: func(s *scene) {
			s.bob.Drop(netlab.In, "ct state new meta l4proto tcp")
		}},
		{code: OtherNetwork, says: []string{"on the wire of eth0, and in another IP network: 10.77.0.2"}, build: func(s *scene) {
			s.cable.Readdress("10.77.0.129/25") // its broadcasts are bob's too, and bob's come in
		}},
		{code: OneWay, says: []string{"10.77.0.2:50505"}, build: func(s *scene) {
			s.run(s.bob, "announcer", mute)
		}},
		{code: PeerUnreachable, name: "one of several", says: []string{"10.77.0.3", "the packet filter there"}, build: func(s *scene) {
			carol := s.lab.Host("carol")
			carol.Plug(s.lan, "eth0", "10.77.0.3/24")
			carol.Drop(netlab.In, "ct state new meta l4proto tcp")
			s.run(carol, "peer", "eth0")
		}},
		{code: NoFiles, says: []string{"carol offers files at 10.77.0.2:7"}, build: func(s *scene) { s.run(s.bob, "filer") }},
		{code: PeerUnreachable, name: "here", says: []string{"on this machine"}, build: func(s *scene) {
			s.run(s.alice, "announcer", strings.Replace(mute, "c549", "0007", 1))
		}},
	} {
		t.Run(strings.TrimSuffix(f.code+"/"+f.name, "/"), func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.run(s.bob, "peer", "eth0")
			f.build(s)
			r, code := s.doctor()
			s.expect(r, code, f)
		})
	}
}

// mute is the announcement of a node at port 50505.
var mute = "5a524501" + strings.Repeat("ab", 16) + "c549"

// The holder is named with its process.
func TestHolderIsNamed(t *testing.T) {
	s := newScene(t)
	pid := s.run(s.alice, "holder")
	out, code := s.say()
	const kept = 15 // octets of a name that the system keeps
	name := filepath.Base(self(t))
	name = name[:min(len(name), kept)]
	for _, want := range []string{fmt.Sprintf("(process %d of user 0)", pid), fmt.Sprintf("sudo kill %d", pid), "wrong: port-owned: UDP port 5670 belongs to " + name + " ("} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if code != 1 || strings.Contains(string(out), "nothing wrong") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// Each remedy for a filter, a route and an interface is a command that heals.
func TestRemedies(t *testing.T) {
	for _, f := range faults {
		switch f.code {
		case NoBroadcastRoute, FirewallUDP, FirewallTCP, PortOwned:
		default:
			continue
		}
		t.Run(f.code, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.run(s.bob, "peer", "eth0")
			f.build(s)
			r, _ := s.doctor()
			for _, command := range r.Findings[0].Remedy {
				command, _ = strings.CutPrefix(command, "sudo ")
				if strings.HasPrefix(command, "ss ") {
					continue // only tells
				}
				s.alice.Output("sh", "-c", command)
			}
			if r, code := s.doctor(); code != 0 {
				t.Errorf("it is no better: %+v", r.Findings)
			}
		})
	}
}

// For people: what was seen, and that nothing is wrong.
func TestText(t *testing.T) {
	s := newScene(t)
	s.run(s.bob, "peer", "eth0")
	out, code := s.say()
	for _, want := range []string{"\nnothing wrong\n", "announced to 10.77.0.255, and heard it", "bob (", ") at 10.77.0.2:", " on eth0: speaks ZRE/2, entered\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// What makes no sense is the caller's fault, and nothing is tried.
func TestUsage(t *testing.T) {
	s := newScene(t)
	for _, flags := range [][]string{{"--for", "1ms"}, {"--for", "1h"}, {"--peer", "nonsense"}, {"--name", strings.Repeat("x", 256)}} {
		if out, code := s.say(flags...); code != 2 || len(out) > 0 {
			t.Errorf("%q: %d, %s", flags, code, out)
		}
	}
}

// Who announces himself and does not even answer for his address is kept apart.
func TestMuteNeighbour(t *testing.T) {
	s := newScene(t)
	s.bob.Output("nft", "table arp f {\nchain out { type filter hook output priority 0\npolicy drop\n}\n}")
	s.run(s.bob, "announcer", mute)
	r, code := s.doctor()
	s.expect(r, code, fault{code: Isolation, says: []string{"do not even tell their hardware address", "client isolation"}})
}
