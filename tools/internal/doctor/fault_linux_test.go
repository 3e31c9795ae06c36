package doctor

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// scene is a network with a fault in it: alice does not see bob.
//
//	alice eth0 10.77.0.1 ──┐
//	                       lan
//	bob   eth0 10.77.0.2 ──┘
type scene struct {
	t          *testing.T
	lab        *netlab.Lab
	lan        *netlab.Switch
	alice, bob *netlab.Host
	cable      *netlab.Link // alice's
	args       []string     // of the doctor on alice
	as         string       // its role
	limit      string       // of descriptors; empty: as it is
	holder     int          // process that has the port
}

func newScene(t *testing.T) *scene {
	lab := netlab.New(t)
	s := &scene{t: t, lab: lab, lan: lab.Switch("lan"), alice: lab.Host("alice"), bob: lab.Host("bob"), as: "doctor"}
	s.cable = s.alice.Plug(s.lan, "eth0", "10.77.0.1/24")
	s.bob.Plug(s.lan, "eth0", "10.77.0.2/24")
	return s
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run starts a program on a host, and waits until it is there.
func (s *scene) run(h *netlab.Host, what string, args ...string) int {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := h.Command(ctx, self(s.t), args...)
	cmd.Env = append(os.Environ(), role+"="+what)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { in.Close(); cancel(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		s.t.Fatalf("%s on %s says %q, %v", what, h.Name(), line, err)
	}
	return cmd.Process.Pid
}

// doctor lets the doctor look at alice, and returns what it says in JSON.
func (s *scene) doctor() (r jsonReport, code int) {
	s.t.Helper()
	out, code := s.say("--json")
	if err := json.Unmarshal(out, &r); err != nil {
		s.t.Fatalf("%v: %q", err, out)
	}
	return r, code
}

func (s *scene) say(flags ...string) (out []byte, code int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	args := slices.Concat([]string{self(s.t), "--for", "1s"}, flags, s.args)
	if s.limit != "" {
		args = append([]string{"sh", "-c", "ulimit -n " + s.limit + `; exec "$0" "$@"`}, args...)
	}
	cmd := s.alice.Command(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), role+"="+s.as)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return out, exit.ExitCode()
	}
	if err != nil {
		s.t.Fatalf("%v: %s", err, said.String())
	}
	return out, 0
}

// wrong are the codes of what is no note.
func wrong(r jsonReport) (codes []string) {
	for _, f := range r.Findings {
		if f.Severity != Note {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func noted(r jsonReport, code string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == code && f.Severity == Note })
}

// fault is what can be wrong with a scene.
type fault struct {
	code  string
	name  string   // empty: the code
	says  []string // in the finding
	build func(s *scene)

	deaf  bool // with it nobody is heard
	hears bool // it is known by who is heard
	other string
}

const stateful = "ct state new meta l4proto tcp"

// faults are those that a machine can be built to have; first those that the rest is tried with.
var faults = []fault{
	{code: PortOwned, deaf: true, says: []string{"UDP port 5670", "sudo kill "}, build: func(s *scene) {
		s.holder = s.run(s.alice, "holder")
	}},
	{code: WrongInterface, hears: true, says: []string{"the others are on eth0", "zyre doctor --interface eth0"}, build: func(s *scene) {
		s.alice.Plug(s.lab.Switch("other"), "eth1", "10.78.0.1/24")
		s.args = append(s.args, "--interface", "eth1")
	}},
	{code: NoBroadcastRoute, deaf: true, says: []string{"eth0", "sudo ip route replace broadcast 10.77.0.255 dev eth0"}, build: func(s *scene) {
		s.alice.Output("ip", "route", "delete", "broadcast", "10.77.0.255", "dev", "eth0", "table", "local")
	}},
	{code: FirewallUDP, deaf: true, says: []string{"incoming", "chain input: udp dport 5670 counter name", "sudo nft insert rule inet netlab input udp dport 5670 accept"}, build: func(s *scene) {
		s.alice.Drop(netlab.In, "udp dport 5670")
	}},
	{code: FirewallTCP, says: []string{"incoming", "sudo nft insert rule inet netlab input tcp dport 49152-65535 accept"}, build: func(s *scene) {
		s.alice.Drop(netlab.In, stateful)
	}},
	{code: Isolation, hears: true, says: []string{"10.77.0.2", "ping -c 3 10.77.0.2", "isolation"}, build: func(s *scene) {
		s.lan.Isolate()
	}},
	{code: Descriptors, says: []string{"40", "ulimit -n 65536"}, build: func(s *scene) { s.limit = "40" }},
	{code: PeerUnreachable, says: []string{"10.77.0.2:7", "--tcp-port"}, build: func(s *scene) {
		s.args = append(s.args, "--peer", "10.77.0.2:7")
	}},
	{code: OtherVersion, hears: true, says: []string{"10.77.0.2", "version 3"}, build: func(s *scene) {
		s.run(s.bob, "announcer", "5a524503"+strings.Repeat("ab", 50))
	}},
}

// The right one first and alone, also with what does no harm beside it.
func TestOneFault(t *testing.T) {
	for _, f := range faults {
		for _, beside := range []string{"alone", "harmless"} {
			t.Run(f.code+"/"+beside, func(t *testing.T) {
				t.Parallel()
				s := newScene(t)
				s.run(s.bob, "peer", "eth0")
				if beside == "harmless" {
					s.harmless()
				}
				f.build(s)
				r, code := s.doctor()
				s.expect(r, code, f)
				if beside == "harmless" && !noted(r, NoBroadcast) {
					t.Errorf("no note of docker0 and tun0: %+v", r.Findings)
				}
			})
		}
	}
}

// harmless adds what many machines have: the bridge of containers, a VPN, both behind a filter.
func (s *scene) harmless() {
	s.alice.Output("sh", "-c", `ip link add docker0 type bridge && ip address add 172.17.0.1/16 brd + dev docker0 && ip link set docker0 up &&
		ip tuntap add tun0 mode tun && ip address add 10.8.0.1 peer 10.8.0.2 dev tun0 && ip link set tun0 up`)
	s.alice.Drop(netlab.In, "iifname { docker0, tun0 }")
}

// Both are named, whichever two they are.
func TestTwoFaults(t *testing.T) {
	for i, a := range faults {
		for _, b := range faults[i+1:] {
			if a.deaf && b.hears || a.hears && b.deaf {
				continue // one hides the other
			}
			if a.code == WrongInterface && (b.code == Isolation || b.code == PeerUnreachable) || a.code == FirewallTCP && b.code == PeerUnreachable {
				continue // how things are on an interface that is not to be used is no matter
			}
			t.Run(a.code+"+"+b.code, func(t *testing.T) {
				t.Parallel()
				s := newScene(t)
				s.run(s.bob, "peer", "eth0")
				a.build(s)
				b.build(s)
				r, code := s.doctor()
				s.expect(r, code, a, b)
			})
		}
	}
}

// expect fails unless just these faults are told.
func (s *scene) expect(r jsonReport, code int, want ...fault) {
	s.t.Helper()
	var codes []string
	for _, f := range want {
		codes = append(codes, f.code)
		i := slices.IndexFunc(r.Findings, func(have Finding) bool { return have.Code == f.code && have.Severity != Note })
		if i < 0 {
			s.t.Errorf("%s is not told", f.code)
			continue
		}
		text := strings.Join(append(r.Findings[i].Remedy, r.Findings[i].What, r.Findings[i].Why, r.Findings[i].Advice), "\n")
		for _, part := range f.says {
			if !strings.Contains(text, part) {
				s.t.Errorf("%s: %q is not in\n%s", f.code, part, text)
			}
		}
	}
	have := wrong(r)
	slices.Sort(codes)
	if first := r.Findings[0]; first.Code != want[0].code && len(want) == 1 || !slices.Equal(slices.Sorted(slices.Values(have)), codes) {
		s.t.Errorf("told: %v, want %v: %+v", have, codes, r)
	}
	if code != 1 || r.Healthy {
		s.t.Errorf("exit code %d, healthy %v", code, r.Healthy)
	}
}
