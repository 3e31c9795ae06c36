package firewall

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// rulesets are tried on the kernel.
var rulesets = []struct {
	name, script string
	vague        bool // not all can be known
}{
	{name: "nothing"},
	{name: "ports", script: `
		chain in { type filter hook input priority 0; udp dport 5670 drop; tcp dport { 22, 50000-51000 } reject; }
		chain out { type filter hook output priority 0; udp dport != 5671 drop; tcp dport < 1024 drop; }`},
	{name: "policies", script: `
		chain in { type filter hook input priority 0; policy drop; iifname "lo" accept; ct state established,related accept; tcp dport 50123 accept; }
		chain out { type filter hook output priority 0; policy drop; oifname "lo" accept; udp dport 5670 accept; }`},
	{name: "several hooks", script: `
		chain in { type filter hook input priority 0; accept; }
		chain later { type filter hook input priority 10; ip protocol udp drop; }
		chain raw { type filter hook prerouting priority -300; tcp dport 50123 drop; }
		chain post { type filter hook postrouting priority 0; meta l4proto { tcp, udp } oifname "eth*" drop; }`},
	{name: "jumps", script: `
		chain udps { udp dport 1-5669 drop; udp dport 5670 return; drop; }
		chain tcps { ip saddr 10.77.0.0/24 accept; }
		chain in { type filter hook input priority 0; policy drop; meta l4proto udp jump udps; ip protocol tcp goto tcps; meta l4proto udp accept; }
		chain gone { udp dport 5670 goto udps; accept; }
		chain out { type filter hook output priority 0; policy drop; jump gone; accept; }`},
	{name: "verdict maps", script: `
		map zones { type ifname : verdict; elements = { "lo" : accept, "eth0" : jump zone }; }
		chain zone { udp dport vmap { 5670 : drop, 5671 : accept }; }
		chain in { type filter hook input priority 0; policy accept; ct state vmap { established : accept, related : accept, invalid : drop }; iifname vmap @zones; }
		chain out { type filter hook output priority 0; tcp dport vmap { 1-1000 : accept, 50000-50200 : drop }; }`},
	{name: "sets", script: `
		set friends { type ipv4_addr; flags interval; elements = { 10.77.0.2-10.77.0.9, 192.168.0.0/16 }; }
		set ports { type inet_service; elements = { 5670, 50123 }; }
		chain in { type filter hook input priority 0; ip saddr != @friends drop; udp dport @ports drop; }
		chain out { type filter hook output priority 0; ip daddr @friends tcp dport @ports drop; }`},
	{name: "kinds of addresses", script: `
		chain in { type filter hook input priority 0; fib daddr type broadcast drop; fib daddr type local accept; drop; }
		chain out { type filter hook output priority 0; fib daddr type broadcast drop; fib saddr type local accept; drop; }`},
	{name: "kinds of packets", script: `
		chain in { type filter hook input priority 0; meta pkttype host drop; meta pkttype broadcast accept; drop; }
		chain out { type filter hook output priority 0; ip daddr 10.77.0.255 accept; meta nfproto ipv4 meta protocol ip drop; }`},
	{name: "first packets", script: `
		chain in { type filter hook input priority 0; tcp flags & (fin | syn | rst | ack) != syn ct state new drop; ct state new tcp dport 50000-60000 drop; }
		chain out { type filter hook output priority 0; tcp flags & (fin | syn | rst | ack) == syn drop; }`},
	{name: "of IPv6", script: `
		chain in { type filter hook input priority 0; meta nfproto ipv6 drop; ip6 saddr ::/0 drop; meta l4proto ipv6-icmp drop; icmp type echo-request drop; }
		chain out { type filter hook output priority 0; meta protocol ip6 drop; ip6 daddr ::1 drop; }`},
	{name: "interfaces", script: `
		chain in { type filter hook input priority 0; iif "lo" drop; oifname "eth0" drop; iifname "eth*" udp dport 5670 drop; }
		chain out { type filter hook output priority 0; iifname "eth0" drop; oifname != "eth1" tcp dport 50123 drop; }`},
	{name: "ports of either", script: `
		chain in { type filter hook input priority 0; meta l4proto { tcp, udp } th dport { 5670, 50123 } counter log prefix "x" drop; }
		chain out { type filter hook output priority 0; th dport 5670 drop; }`},
	{name: "zones, as firewalld's", script: `
		chain in { type filter hook input priority 10; policy accept; ct state { established, related } accept; ct status dnat accept; iifname "lo" accept; ct state invalid drop; jump zones; reject with icmpx admin-prohibited; }
		chain zones { iifname "eth1" goto internal; iifname "eth0" goto public; goto public; }
		chain internal { accept; }
		chain public { jump pre; jump allow; meta l4proto { icmp, ipv6-icmp } accept; }
		chain pre { }
		chain allow { tcp dport 22 accept; ip6 daddr fe80::/64 udp dport 546 accept; }
		chain out { type filter hook output priority 10; policy accept; ct state { established, related } accept; oifname "lo" accept; }`},
	{name: "limits", vague: true, script: `
		chain in { type filter hook input priority 0; limit rate over 1000/second drop; meta mark 7 drop; udp length < 100 drop; tcp dport 50123 meta mark 0 accept; tcp dport 50123 drop; }
		chain out { type filter hook output priority 0; meta skuid 0 drop; }`},
}

// What Judge says of a packet is what the kernel does with it.
//
//	alice, with the rules, eth0 10.77.0.1 ──── eth0 10.77.0.2 bob
func TestKernel(t *testing.T) {
	netlab.Need(t)
	for _, r := range rulesets {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			lab := netlab.New(t)
			alice, bob := lab.Host("alice"), lab.Host("bob")
			lab.Wire(alice, "eth0", "10.77.0.1/24", bob, "eth0", "10.77.0.2/24")
			load(t, alice, "table inet f {\n"+r.script+"\n}\n"+watch)
			rules, err := ParseNFT([]byte(alice.Output("nft", "-j", "list", "table", "inet", "f")))
			if err != nil {
				t.Fatal(err)
			}
			a, b, all := netip.MustParseAddr("10.77.0.1"), netip.MustParseAddr("10.77.0.2"), netip.MustParseAddr("10.77.0.255")
			for _, c := range []struct {
				name string
				from *netlab.Host
				p    Packet
			}{
				{"announcements in", bob, Packet{In: true, Proto: UDP, Source: b, Target: all, TargetPort: 5670, Broadcast: true}},
				{"announcements out", alice, Packet{Proto: UDP, Source: a, Target: all, TargetPort: 5670, Broadcast: true}},
				{"connections in", bob, Packet{In: true, Proto: TCP, Source: b, Target: a, TargetPort: 50123}},
				{"connections out", alice, Packet{Proto: TCP, Source: a, Target: b, TargetPort: 50123}},
			} {
				c.p.Interface, c.p.SourcePort = "eth0", 40000
				verdict := rules.Judge(c.p)
				passed := try(t, alice, c.from, c.p)
				if verdict.Outcome == Drop && passed || verdict.Outcome == Pass && !passed || verdict.Outcome == Perhaps && !r.vague {
					t.Errorf("%s: passed: %v, judged: %+v", c.name, passed, verdict)
				}
			}
		})
	}
}

// watch counts before and behind all other chains what is tried.
const watch = `table inet watch {
	counter came_in { }
	counter came_out { }
	counter passed_in { }
	counter passed_out { }
	chain in1 { type filter hook prerouting priority -450; iifname eth0 meta l4proto { tcp, udp } th dport { 5670, 50123 } counter name came_in; }
	chain in2 { type filter hook input priority 1000; iifname eth0 meta l4proto { tcp, udp } th dport { 5670, 50123 } counter name passed_in; }
	chain out1 { type filter hook output priority -450; oifname eth0 meta l4proto { tcp, udp } th dport { 5670, 50123 } counter name came_out; }
	chain out2 { type filter hook postrouting priority 1000; oifname eth0 meta l4proto { tcp, udp } th dport { 5670, 50123 } counter name passed_out; }
}
`

func load(t *testing.T, h *netlab.Host, script string) {
	t.Helper()
	// nft wants lines where people write one.
	script = strings.ReplaceAll(script, "; ", "\n")
	path := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	h.Output("nft", "-f", path)
}

// try sends such a packet and tells whether the filter of alice lets it pass.
func try(t *testing.T, alice, from *netlab.Host, p Packet) bool {
	t.Helper()
	way := "_out"
	if p.In {
		way = "_in"
	}
	alice.Output("nft", "reset", "counters", "table", "inet", "watch")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := from.Command(ctx, path, netip.AddrPortFrom(p.Target, p.TargetPort).String())
	cmd.Env = append(os.Environ(), role+"="+string(p.Proto))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait() // it may have been refused
	defer cancel()   // or wait for an answer
	count := func(name string) bool {
		return !strings.Contains(alice.Output("nft", "list", "counter", "inet", "watch", name+way), "packets 0 ")
	}
	for !count("came") {
		if ctx.Err() != nil {
			t.Fatal("no packet was sent")
		}
	}
	return count("passed")
}
