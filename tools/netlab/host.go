package netlab

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Host is a machine of the laboratory.
type Host struct {
	lab    *Lab
	name   string
	ns     string
	filter bool // the nft table and its chains exist
	tags   int  // rules so far

	isSwitch bool
}

// Name is the one given to Lab.Host.
func (h *Host) Name() string { return h.name }

// Namespace is the name that 'ip netns' knows.
func (h *Host) Namespace() string { return h.ns }

// Command is exec.CommandContext inside this host. The program replaces the
// 'ip netns exec' that brings it there, so that its process is the command's.
// What still runs at the end of the test is killed.
func (h *Host) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", h.ns, program}, args...)...)
	cmd.WaitDelay = time.Second
	return cmd
}

// Output runs a program inside this host and returns its standard output. It
// waits for it, at most 20 seconds.
func (h *Host) Output(program string, args ...string) string {
	h.lab.tb.Helper()
	return h.lab.run("", append([]string{"ip", "netns", "exec", h.ns, program}, args...)...)
}

// Switch is a network: what one of its hosts broadcasts, all others hear.
type Switch struct{ host *Host }

// Plug connects the host to a switch by a cable: an interface of that name, of
// at most 15 octets, that has that address, such as 10.77.0.1/24, and is up.
func (h *Host) Plug(s *Switch, name, address string) *Link {
	h.lab.tb.Helper()
	h.lab.ports++
	port := "port" + strconv.Itoa(h.lab.ports)
	h.lab.run("", "ip", "-n", h.ns, "link", "add", "name", name, "type", "veth",
		"peer", "name", port, "netns", s.host.ns)
	h.lab.run("", "ip", "-n", s.host.ns, "link", "set", "dev", port, "master", bridge, "up")
	return h.link(name, address, end{s.host, port})
}

// Wire connects two hosts directly by a cable, and returns its two ends.
func (l *Lab) Wire(a *Host, nameA, addressA string, b *Host, nameB, addressB string) (*Link, *Link) {
	l.tb.Helper()
	l.run("", "ip", "-n", a.ns, "link", "add", "name", nameA, "type", "veth",
		"peer", "name", nameB, "netns", b.ns)
	return a.link(nameA, addressA, end{b, nameB}), b.link(nameB, addressB, end{a, nameA})
}

// Way is the direction of packets as a host sees them.
type Way string

const (
	// In: packets for this host.
	In Way = "input"
	// Out: packets that this host sends.
	Out Way = "output"
)

// Rule is a firewall rule of a host.
type Rule struct {
	host  *Host
	chain Way
	tag   string
}

// Drop loses every packet on that way that nft's expression matches, such as
// "udp dport 5670" or "oifname eth0": the sender is not told.
func (h *Host) Drop(way Way, match string) *Rule {
	h.lab.tb.Helper()
	return h.rule(way, match, "drop")
}

// Lose is Drop of so many percent of the packets, 0 to 99, each by chance.
func (h *Host) Lose(way Way, match string, percent int) *Rule {
	h.lab.tb.Helper()
	if percent < 0 || percent > 99 {
		h.lab.tb.Fatalf("netlab: %s cannot lose %d percent of its packets: 0 to 99 are possible", h.name, percent)
	}
	return h.rule(way, fmt.Sprintf("%s numgen random mod 100 < %d", match, percent), "drop")
}

// Count counts the packets on that way that nft's expression matches, less
// those that an earlier Drop took.
func (h *Host) Count(way Way, match string) *Rule {
	h.lab.tb.Helper()
	return h.rule(way, match, "")
}

func (h *Host) rule(way Way, match, verdict string) *Rule {
	h.lab.tb.Helper()
	script := ""
	if !h.filter {
		h.filter = true
		script = "add table inet netlab\n" +
			"add chain inet netlab input { type filter hook input priority 0; policy accept; }\n" +
			"add chain inet netlab output { type filter hook output priority 0; policy accept; }\n"
	}
	h.tags++
	r := &Rule{host: h, chain: way, tag: fmt.Sprintf("rule%d", h.tags)}
	// A named counter can be read without parsing a listing of rules.
	script += fmt.Sprintf("add counter inet netlab %s\nadd rule inet netlab %s %s counter name %s %s comment %q\n",
		r.tag, way, match, r.tag, verdict, r.tag)
	h.nft(script)
	return r
}

// Packets tells how many packets the rule has met.
func (r *Rule) Packets() int {
	r.host.lab.tb.Helper()
	out := r.host.Output("nft", "list", "counter", "inet", "netlab", r.tag)
	fields := strings.Fields(out)
	for i, f := range fields {
		if f == "packets" && i+1 < len(fields) {
			if n, err := strconv.Atoi(fields[i+1]); err == nil {
				return n
			}
		}
	}
	r.host.lab.tb.Fatalf("netlab: no number of packets in %q", out)
	return 0
}

// Undo takes the rule away.
func (r *Rule) Undo() {
	r.host.lab.tb.Helper()
	listing := r.host.Output("nft", "-a", "list", "chain", "inet", "netlab", string(r.chain))
	for line := range strings.Lines(listing) {
		_, handle, ok := strings.Cut(line, "# handle ")
		if ok && strings.Contains(line, strconv.Quote(r.tag)) {
			r.host.nft("delete rule inet netlab " + string(r.chain) + " handle " + strings.TrimSpace(handle) + "\n")
			return
		}
	}
	r.host.lab.tb.Fatalf("netlab: the rule %s of %s is gone already", r.tag, r.host.name)
}

func (h *Host) nft(script string) {
	h.lab.tb.Helper()
	h.lab.run(script, "ip", "netns", "exec", h.ns, "nft", "-f", "-")
}
