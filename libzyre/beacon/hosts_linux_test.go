package beacon

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestInterfaceAppearsWithinTwoSeconds(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	without6(t)                                  // its news would do as well
	scanTold = time.Hour                         // so only what the kernel tells can help,
	a := listens(t, Config{Interval: time.Hour}) // and only the burst of a new interface
	witness := listens(t, Config{Port: a.Port()})
	publish(t, a, "x")
	for range birth {
		nextWhere(t, witness, onInterface("lo"))
	}
	start := time.Now()
	cable(t)
	s := nextWhere(t, witness, onInterface("b0"))
	t.Logf("heard on the new interface %v after its making began", time.Since(start))
	if s.Addr != netip.MustParseAddr("10.77.0.1") {
		t.Errorf("signal %+v", s)
	}
	ip(t, "address add 10.78.0.1/24 dev b0") // and so is an address
	for nextWhere(t, witness, onInterface("b0")).Addr != netip.MustParseAddr("10.78.0.1") {
	}
	ip(t, "link delete b0") // an interface that comes back under its name is another
	cable(t)
	for range birth {
		nextWhere(t, witness, onInterface("b0"))
	}
}

func TestLinkDownIsSoftAndReportedOnce(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	cable(t)
	log := &logged{}
	a := listens(t, Config{Interval: 20 * ms, Log: log.logger()})
	witness := listens(t, Config{Port: a.Port()})
	publish(t, a, "x")
	for outage := range 2 {
		nextWhere(t, witness, onInterface("b0"))
		ip(t, "link set b0 down")
		for a.Stats().Outages != uint64(outage+1) {
			nextWhere(t, witness, onInterface("lo"))
		}
		for range 20 { // intervals go by, and lo is not disturbed
			nextWhere(t, witness, onInterface("lo"))
		}
		if s := log.take(); strings.Count(s, "\n") != 0 || !strings.HasPrefix(s, "WARN interface fails; trying again each interval b0 ") {
			t.Errorf("log of outage %d:\n%s", outage, s)
		}
		ip(t, "link set b0 up")
		nextWhere(t, witness, onInterface("b0"))
		nextWhere(t, witness, onInterface("lo")) // the log comes after the announcement
		nextWhere(t, witness, onInterface("lo"))
		if s := log.take(); s != "INFO interface works again b0" {
			t.Errorf("log after outage %d:\n%s", outage, s)
		}
	}
}

func TestFirewallIsSoftAndReportedOnce(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	if _, err := exec.LookPath("nft"); err != nil {
		untested(t, "needs nft (nftables)")
	}
	nft := func(args string) {
		t.Helper()
		if out, err := exec.Command("nft", strings.Fields(args)...).CombinedOutput(); err != nil {
			untested(t, fmt.Sprintf("nft %s: %v: %s", args, err, out))
		}
	}
	cable(t)
	log := &logged{}
	a := listens(t, Config{Interval: 20 * ms, Log: log.logger()})
	witness := listens(t, Config{Port: a.Port()})
	publish(t, a, "x")
	nextWhere(t, witness, onInterface("b0"))
	nft("add table ip t")
	nft("add chain ip t out { type filter hook output priority 0 ; }")
	nft("add rule ip t out oifname b0 drop")
	for a.Stats().SoftErrors < 10 {
		nextWhere(t, witness, onInterface("lo"))
	}
	if s := log.take(); strings.Count(s, "\n") != 0 || !strings.HasSuffix(s, "operation not permitted") {
		t.Errorf("log:\n%s", s)
	}
	nft("delete table ip t")
	nextWhere(t, witness, onInterface("b0"))
}

func TestNothingLeavesElsewhereWhenOnlyLoIsNamed(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	without6(t)
	cable(t)
	before := transmitted(t, "b0")
	a := listens(t, Config{Interfaces: []string{"lo"}, Interval: 20 * ms})
	everywhere := listens(t, Config{Port: a.Port(), Interval: 20 * ms})
	publish(t, a, "x")
	for range 30 {
		if s := next(t, everywhere); s.Interface != "lo" {
			t.Errorf("signal %+v", s)
		}
	}
	if n := transmitted(t, "b0"); n != before {
		t.Errorf("%d packets left on b0", n-before)
	}
	publish(t, everywhere, "y") // the counter counts, and a does not hear it on b0
	for a.Stats().Elsewhere < 4 {
		if s := next(t, a); s.Interface != "lo" {
			t.Errorf("signal %+v", s)
		}
	}
	if n := transmitted(t, "b0"); n < before+4 {
		t.Errorf("%d packets left on b0", n-before)
	}
}

// Two interfaces on one network: a route leads to one of them only.
func TestTwoInterfacesOnOneNetwork(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	without6(t)
	cable(t)
	ip(t, "link add c0 type veth peer name c1")
	ip(t, "link set c1 up")
	ip(t, "address add 10.77.0.2/24 dev c0")
	ip(t, "link set c0 up")
	a := listens(t, Config{})
	witness := listens(t, Config{Port: a.Port()})
	publish(t, a, "x")
	want := map[string]string{"b0": "10.77.0.1", "c0": "10.77.0.2", "lo": "127.0.0.1"}
	for len(want) > 0 {
		s := next(t, witness)
		if addr, ok := want[s.Interface]; ok && addr != s.Addr.String() {
			t.Errorf("signal %+v", s)
		}
		delete(want, s.Interface)
	}
}

func TestTwoHosts(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	cable(t)
	a := listens(t, Config{})
	publish(t, a, "host one")

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=host two", fmt.Sprint("PORT=", a.Port()), "INTERFACE=b1",
		"SETUP=address add 10.77.0.2/24 dev b1;link set b1 up", "GORACE=atexit_sleep_ms=0")
	newNamespace(cmd)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ip(t, fmt.Sprintf("link set b1 netns %d", cmd.Process.Pid))
	fmt.Fprintln(in, "the cable is plugged in")
	s := nextWhere(t, a, says("host two"))
	if s.Addr.String() != "10.77.0.2" || s.Interface != "b0" {
		t.Errorf("signal %+v", s)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "heard host one" { // the time-out of the namespace's process is the deadline
	}
	if lines.Text() != "heard host one" {
		t.Errorf("host two says %q", lines.Text())
	}
	in.Close()
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// What begins before there is a network is heard as soon as there is one.
func TestNoUsableInterfaceYet(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	ip(t, "link set lo down")
	a := listens(t, Config{})
	publish(t, a, "x")
	b := listens(t, Config{Port: a.Port()})
	ip(t, "link set lo up")
	nextWhere(t, b, func(s Signal) bool { return s.Interface == "lo" })
}

func TestIPv6(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	if _, err := os.Stat("/proc/sys/net/ipv6"); err != nil {
		t.Skip("NOT TESTED: this kernel has no IPv6")
	}
	proc(t, "ipv6/conf/default/accept_dad", "0") // no second of waiting for a double
	cable(t)
	log := &logged{}
	a := listens(t, Config{IPv6: true, Interval: 100 * ms, Log: log.logger()})
	b := listens(t, Config{IPv6: true, Port: a.Port()})
	publish(t, a, "x")
	s := nextWhere(t, b, func(s Signal) bool { return s.Addr.Is6() && s.Interface == "b0" })
	if !s.Addr.IsLinkLocalUnicast() || s.Addr.Zone() != "b0" {
		t.Errorf("signal %+v", s)
	}
	nextWhere(t, b, func(s Signal) bool { return s.Addr.Is4() })
	stranger(t, a.Port(), "end")
	if s := next(t, a); string(s.Data) != "end" {
		t.Errorf("heard its own: %+v", s)
	}
}
