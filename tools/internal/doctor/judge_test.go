package doctor

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// well is a machine on which all is as it should be, with a peer.
func well() Facts {
	ip := netip.MustParsePrefix
	return Facts{
		Port: 5670, Heard: true, Ran: true, Limit: 20000,
		Firewall: Firewall{Tools: []string{"nft"}},
		Clock:    Clock{Now: time.Unix(2e9, 0), Built: time.Unix(1.9e9, 0)},
		Interfaces: []Interface{
			{Name: "lo", Role: Loopback, Up: true, Carrier: true, Addrs: []netip.Prefix{ip("127.0.0.1/8")},
				Nets: []Net{{Prefix: ip("127.0.0.1/8"), Target: netip.MustParseAddr("127.255.255.255"), Route: Broadcast, OwnHeard: true}}},
			{Name: "eth0", Role: Network, Up: true, Carrier: true, Addrs: []netip.Prefix{ip("10.77.0.1/24")},
				Nets: []Net{{Prefix: ip("10.77.0.1/24"), Target: netip.MustParseAddr("10.77.0.255"), Route: Broadcast, OwnHeard: true}}},
		},
		Peers: []Peer{{UUID: strings.Repeat("AB", 16), Addr: netip.MustParseAddrPort("10.77.0.2:50000"), Interface: "eth0", Version: 1, Dial: Connected, Entered: true, Name: "bob"}},
	}
}

func (f *Facts) eth() *Net { return &f.Interfaces[1].Nets[0] }

var (
	dropped = firewall.Verdict{Outcome: firewall.Drop, Place: firewall.Place{Tool: "nft", Family: "inet", Table: "f", Chain: "in", Handle: 7}}
	perhaps = firewall.Verdict{Outcome: firewall.Perhaps, Place: dropped.Place}
)

// What follows from what was seen, in order.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(f *Facts)
		want string // codes; of suspects with a ?, of notes in brackets
	}{
		{"healthy", func(f *Facts) {}, ""},
		{"alone", func(f *Facts) { f.Peers = nil }, "[nobody]"},
		{"unheard, no reason", func(f *Facts) { f.Peers = nil; f.eth().OwnHeard = false }, "own-unheard? [nobody]"},
		{"unheard, others heard", func(f *Facts) { f.eth().OwnHeard = false }, ""},
		{"unsendable", func(f *Facts) { f.Peers = nil; f.eth().OwnHeard = false; f.eth().SendErr = "no buffers" }, "own-unheard [nobody]"},
		{"unheard, rules hidden", func(f *Facts) { f.Peers = nil; f.eth().OwnHeard = false; f.Firewall.Hidden = true }, "firewall-udp? [nobody]"},
		{"a filter drops, others heard", func(f *Facts) { f.eth().Filter.UDPIn = dropped }, ""},
		{"a filter drops", func(f *Facts) { f.Peers = nil; f.eth().Filter.UDPIn = dropped }, "firewall-udp [nobody]"},
		{"a filter may drop, and does not", func(f *Facts) { f.Peers = nil; f.eth().Filter.UDPIn = perhaps }, "[nobody]"},
		{"a filter may drop, and does", func(f *Facts) { f.Peers = nil; f.eth().Filter.UDPIn = perhaps; f.eth().OwnHeard = false }, "firewall-udp? [nobody]"},
		{"a filter drops connections, one came", func(f *Facts) { f.eth().Filter.TCPIn = dropped }, ""},
		{"a filter drops connections", func(f *Facts) { f.Peers[0].Entered = false; f.eth().Filter.TCPIn = dropped }, "firewall-tcp"},
		{"a filter may drop connections", func(f *Facts) { f.Peers[0].Entered = false; f.eth().Filter.TCPIn = perhaps }, "firewall-tcp?"},
		{"a filter may drop outgoing connections", func(f *Facts) {
			f.Peers[0].Entered, f.Peers[0].Dial, f.eth().Filter.TCPOut = false, Unanswered, perhaps
		}, "isolation firewall-tcp?"},
		{"a dial denied", func(f *Facts) { f.Peers[0].Entered, f.Peers[0].Dial = false, Denied }, "firewall-tcp"},
		{"one way", func(f *Facts) { f.Peers[0].Entered = false }, "one-way?"},
		{"one way, rules hidden", func(f *Facts) { f.Peers[0].Entered, f.Firewall.Hidden = false, true }, "firewall-tcp?"},
		{"one way, other version", func(f *Facts) { f.Peers[0].Entered, f.Malformed = false, 3 }, "version?"},
		{"one way, and no node of ours", func(f *Facts) { f.Peers[0].Entered, f.Ran, f.NodeErr = false, false, "broken" }, "node-fails"},
		{"mute", func(f *Facts) { f.Peers[0].Entered, f.Peers[0].Dial, f.Peers[0].Neighbour = false, Unanswered, Mute }, "isolation"},
		{"refused", func(f *Facts) { f.Peers[0].Entered, f.Peers[0].Dial = false, Refused }, "isolation"},
		{"one of several mute", func(f *Facts) {
			f.Peers = append(f.Peers, Peer{UUID: "CD", Addr: netip.MustParseAddrPort("10.77.0.3:50000"), Interface: "eth0", Version: 1, Dial: Unanswered})
		}, "peer-unreachable"},
		{"a filter keeps answers out", func(f *Facts) {
			f.Peers[0].Entered, f.Peers[0].Dial, f.eth().Filter.TCPReply = false, Unanswered, dropped
		}, "firewall-tcp"},
		{"other network", func(f *Facts) {
			f.Peers[0].Entered, f.Peers[0].Dial, f.Peers[0].Addr = false, Unreachable, netip.MustParseAddrPort("10.78.0.2:50000")
		}, "other-network"},
		{"a named peer without an address", func(f *Facts) { f.Static = []Static{{Endpoint: "nohost:1", Dial: Unnamed}} }, "peer-unreachable"},
		{"cannot listen", func(f *Facts) { f.Heard, f.Ran, f.Peers, f.Listen.Err = false, false, nil, "broken" }, "node-fails"},
		{"before it was made", func(f *Facts) { f.Clock.Now = time.Unix(1e6, 0) }, "clock?"},
		{"clock in another zone", func(f *Facts) { f.Clock.Now = f.Clock.Built.Add(-14 * time.Hour) }, ""},
		{"nothing sets the clock", func(f *Facts) { f.Clock.Free = true }, "[clock]"},
		{"few descriptors", func(f *Facts) { f.Limit = 66 }, "[descriptors]"},
		{"too few descriptors", func(f *Facts) { f.Limit = 65 }, "descriptors"},
		{"what the clock says is no excuse", func(f *Facts) {
			f.Clock.Now, f.Peers, f.Firewall.Hidden, f.eth().OwnHeard = time.Time{}, nil, true, false
		}, "firewall-udp? clock? [nobody]"},
		{"container", func(f *Facts) { f.Container = "WSL" }, "[container]"},
		{"unseen", func(f *Facts) { f.Unseen = []string{"rules"} }, "[not-looked-at]"},
		{"what is not used is no matter", func(f *Facts) { f.Named = []string{"eth0"}; f.Interfaces[0].Nets[0].Filter.UDPIn = dropped }, ""},
		{"nor is a bridge of containers", func(f *Facts) {
			f.Interfaces[0].Role = Container
			f.Interfaces[0].Nets[0] = Net{Prefix: f.Interfaces[0].Addrs[0], Route: NoRoute, SendErr: "x", Filter: Filter{dropped, dropped, dropped, dropped, dropped}}
		}, "[no-broadcast]"},
		{"unless it was named", func(f *Facts) { f.Interfaces[1].Role = VPN; f.Named = []string{"eth0"}; f.eth().Route = NoRoute }, "no-broadcast-route"},
	} {
		f := well()
		c.with(&f)
		var have []string
		for _, one := range Judge(f) {
			switch one.Severity {
			case Wrong:
				have = append(have, one.Code)
			case Suspect:
				have = append(have, one.Code+"?")
			default:
				have = append(have, "["+one.Code+"]")
			}
			if one.What == "" || one.Severity != Note && len(one.Remedy) == 0 && one.Advice == "" && one.Why == "" {
				t.Errorf("%s: it does not say what to do: %+v", c.name, one)
			}
		}
		if got := strings.Join(have, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The remedy speaks the language of who makes the rules.
func TestRemedyByManager(t *testing.T) {
	table := firewall.Verdict{Outcome: firewall.Drop, Place: firewall.Place{Tool: "iptables", Family: "ip", Table: "filter", Chain: "INPUT"}}
	for _, c := range []struct {
		manager string
		v       firewall.Verdict
		port    uint16
		proto   firewall.Proto
		want    string
	}{
		{"ufw", table, 0, firewall.UDP, "sudo ufw allow 5670/udp"},
		{"ufw", table, 0, firewall.TCP, "sudo ufw allow 49152:65535/tcp"},
		{"ufw", table, 50001, firewall.TCP, "sudo ufw allow 50001/tcp"},
		{"firewalld", dropped, 0, firewall.UDP, "sudo firewall-cmd --add-port=5670/udp"},
		{"firewalld", dropped, 0, firewall.TCP, "sudo firewall-cmd --add-port=49152-65535/tcp"},
		{"", table, 0, firewall.TCP, "sudo iptables -I INPUT -p tcp --dport 49152:65535 -j ACCEPT"},
		{"", dropped, 0, firewall.UDP, "sudo nft insert rule inet f in udp dport 5670 accept"},
	} {
		f := well()
		f.Firewall.Manager, f.TCPPort = c.manager, c.port
		if got := f.let(c.v, c.proto, true)[0]; got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// Who has no address is not said to run behind a packet filter.
func TestNoSuchHost(t *testing.T) {
	become, why := dial(t.Context(), "nohost..invalid:1") // no name at all, so that nobody is asked for it
	if become != Unnamed || !strings.Contains(why, "nohost..invalid") {
		t.Error(become, why)
	}
	f := well()
	f.Static = []Static{{Endpoint: "nohost..invalid:1", Dial: become, Err: why}}
	if found := Judge(f); len(found) != 1 || strings.Contains(found[0].Advice, "filter") || !strings.Contains(found[0].What, "no address") {
		t.Errorf("%+v", found)
	}
}

// A command can be copied, whatever the names in it.
func TestQuote(t *testing.T) {
	for word, want := range map[string]string{"eth0": "eth0", "a b": "'a b'", "$(rm)": "'$(rm)'", "it's": `'it'\''s'`, "": "''"} {
		if got := quote(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

// What others named themselves does nothing to a terminal, in text or JSON.
func TestReportIsVisible(t *testing.T) {
	f := well()
	const evil = "\x1b[2J\n\u202ebob"
	f.Peers[0].Name, f.Peers[0].Interface, f.Interfaces[1].Name = evil, evil, evil
	f.Peers = append(f.Peers, Peer{UUID: "CD", Dial: Refused, DialErr: evil, Interface: evil, Addr: f.Peers[0].Addr})
	f.eth().Filter.UDPIn = dropped
	f.Unseen = []string{evil}
	for _, asJSON := range []bool{false, true} {
		var b bytes.Buffer
		if err := report(&b, f, append(Judge(f), Finding{What: evil, Why: evil, Remedy: []string{evil}, Advice: evil}), asJSON); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e") || strings.Contains(b.String(), "2J\n") {
			t.Errorf("%q", b.String())
		}
	}
}

func TestRoles(t *testing.T) {
	for _, c := range []struct {
		name      string
		kind      kind
		p2p, loop bool
		want      Role
	}{
		{"lo", "device", false, true, Loopback},
		{"eth0", "device", false, false, Network},
		{"eth0", "veth", false, false, Network}, // the inside of a container, or of a test
		{"enp3s0", "device", false, false, Network},
		{"br0", "bridge", false, false, Network},
		{"bond0", "bond", false, false, Network},
		{"wlan0", wifi, false, false, Wireless},
		{"radio", wifi, false, false, Wireless},
		{"wlp2s0", "", false, false, Wireless},
		{"docker0", "bridge", false, false, Container},
		{"br-0123456789ab", "bridge", false, false, Container},
		{"virbr0", "bridge", false, false, Container},
		{"veth12ab", "veth", false, false, Container},
		{"x", dummy, false, false, Container},
		{"tun0", "tuntap", true, false, VPN},
		{"office", wireguard, false, false, VPN},
		{"tailscale0", "", false, false, VPN},
		{"x", "", true, false, VPN},
	} {
		if got := roleOf(c.name, c.kind, c.p2p, c.loop); got != c.want {
			t.Errorf("%s, a %q: %s, want %s", c.name, c.kind, got, c.want)
		}
	}
}

func TestBroadcastAddress(t *testing.T) {
	for prefix, want := range map[string]string{"10.77.0.1/24": "10.77.0.255", "10.77.5.1/22": "10.77.7.255", "10.0.0.5/30": "10.0.0.7",
		"10.0.0.4/31": "", "10.0.0.4/32": "", "127.0.0.1/8": "127.255.255.255", "1.2.3.4/0": ""} {
		got, ok := broadcast(netip.MustParsePrefix(prefix))
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%s: %v, %v", prefix, got, ok)
		}
	}
}

// A rule that stops a thing on several interfaces is told once.
func TestOneRuleIsToldOnce(t *testing.T) {
	f := well()
	f.Peers = nil
	second := f.Interfaces[1]
	second.Name, second.Nets = "eth1", slices.Clone(second.Nets)
	f.Interfaces = append(f.Interfaces, second)
	f.Interfaces[1].Nets[0].Filter.UDPIn, f.Interfaces[2].Nets[0].Filter.UDPIn = dropped, dropped
	found := Judge(f)
	if wrong := slices.DeleteFunc(found, func(f Finding) bool { return f.Severity == Note }); len(wrong) != 1 || !strings.Contains(wrong[0].What, "eth0, eth1") {
		t.Errorf("%+v", wrong)
	}
}

// Lists of what anybody can make long stay short.
func TestLists(t *testing.T) {
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprint("n", i), "n0")
	}
	if got := list(names); got != "n0, n1, n2, n3, n4 and others" {
		t.Error(got)
	}
}
