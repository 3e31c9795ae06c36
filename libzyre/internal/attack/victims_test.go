//go:build linux

package attack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// victims is the attacker's handle of the victims' process.
type victims struct {
	t       *testing.T
	config  zyre.Config
	cmd     *exec.Cmd
	orders  io.WriteCloser
	reports *json.Decoder
	before  report // when the attack began
	began   time.Time
}

// bounds are what an attack may cost the victims' process, three nodes.
type bounds struct {
	memory      uint64 // octets that its peak may grow by
	events      int    // about strangers, to each node
	descriptors int    // more than before, at most and meanwhile, with two goroutines each; 0: a hundred
	// counted says what the attack moved in a node's counters: it has to be more afterwards.
	counted func(*zyre.Stats) uint64
	blind   bool // shouts may fail, for a stranger in the group had to be given up
}

const (
	slackGoroutines  = 12 // writers come and go
	slackDescriptors = 3
	enoughHeard      = 10 // messages of each friend and kind that show that the conversation goes on
)

// newVictims starts the victims. They end with the test.
func newVictims(t *testing.T, s settings) *victims {
	t.Helper()
	base := zyretest.Config(t)
	s.Config.Port, s.Config.Interfaces = base.Port, base.Interfaces
	if s.Config.Evasive == 0 { // strangers who vanish are to be gone before long
		s.Config.Evasive, s.Config.Expired = slow(time.Second), slow(5*time.Second)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	v := &victims{t: t, config: s.Config, cmd: exec.Command(self)}
	v.cmd.Env = append(os.Environ(), victimsEnv+"="+string(text), "GORACE=atexit_sleep_ms=0")
	v.cmd.Stderr = os.Stderr
	if v.orders, err = v.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	v.reports = json.NewDecoder(out)
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.kill)
	v.next()
	v.begin()
	return v
}

// kill ends the process, and wants to hear from the race detector what it has found.
func (v *victims) kill() {
	v.orders.Close()
	timer := time.AfterFunc(patience, func() { v.cmd.Process.Kill() })
	defer timer.Stop()
	if err := v.cmd.Wait(); err != nil {
		v.t.Errorf("the victims ended with %v", err)
	}
}

// next reads a report.
func (v *victims) next() report {
	v.t.Helper()
	answer := make(chan error, 1)
	var r report
	go func() { answer <- v.reports.Decode(&r) }()
	select {
	case err := <-answer:
		if err != nil {
			v.t.Fatalf("the victims have ended: %v", err)
		}
	case <-time.After(patience):
		v.cmd.Process.Kill()
		<-answer
		v.t.Fatalf("the victims gave no answer within %v", patience)
	}
	return r
}

func (v *victims) order(what string) report {
	v.t.Helper()
	if _, err := fmt.Fprintln(v.orders, what); err != nil {
		v.t.Fatalf("the victims have ended: %v", err)
	}
	return v.next()
}

func (v *victims) report() report {
	v.t.Helper()
	return v.order(orderReport)
}

// begin makes what was up to now the past. The attack follows.
func (v *victims) begin() {
	v.t.Helper()
	v.until("each of the victims hears the others", func(r *report) bool { return r.heard() >= enoughHeard })
	v.before, v.began = v.order(orderBegin), time.Now()
	if v.before.Peak > v.before.Resident+16<<20 && !raceDetector { // its memory cannot be compared with anything
		v.t.Fatalf("the system does not begin VmHWM anew: peak %d, resident %d", v.before.Peak, v.before.Resident)
	}
}

// heard is how many messages of the friend and kind were heard that were heard least.
func (r *report) heard() int {
	return min(r.Nodes[0].Heard, r.Nodes[1].Heard, r.Nodes[2].Heard)
}

// until asks for reports until one is as it should be.
func (v *victims) until(what string, good func(*report) bool) report {
	v.t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(patience); ; <-ticker.C {
		r := v.report()
		if good(&r) {
			return r
		}
		if time.Now().After(end) {
			v.t.Errorf("within %v it did not come about that %s; at last: %s", patience, what, r.String())
			return r
		}
	}
}

// meanwhile waits until the conversation has gone on while something lasts.
func (v *victims) meanwhile() {
	v.t.Helper()
	heard := v.report()
	v.until("the conversation goes on meanwhile", func(r *report) bool { return r.heard() >= heard.heard()+enoughHeard })
}

// end judges what the attack has cost. All of the attacker's sockets are closed by now.
func (v *victims) end(b bounds) {
	v.t.Helper()
	took := time.Since(v.began)
	heard := v.report()
	after := v.until("goroutines, descriptors, strangers and the conversation are as before", func(r *report) bool {
		return r.Goroutines <= v.before.Goroutines+slackGoroutines && r.Descriptors <= v.before.Descriptors+slackDescriptors &&
			!slices.ContainsFunc(r.Nodes[:], func(n nodeReport) bool { return n.Stats.Peers != 2 || n.Stats.Greeting != 0 }) &&
			r.heard() >= heard.heard()+enoughHeard
	})
	grown := after.Peak - min(v.before.Resident, after.Peak)
	v.t.Logf("%.1f s; memory +%d MB (bound %d), goroutines %d, at most %d, descriptors %d, at most %d", took.Seconds(), grown>>20, b.memory>>20,
		after.Goroutines, after.MostGoroutines, after.Descriptors, after.MostDescriptors)
	if grown > b.memory && !raceDetector {
		v.t.Errorf("memory grew from %d to %d MB: at most %d MB more are right", v.before.Resident>>20, after.Peak>>20, b.memory>>20)
	}
	if b.descriptors == 0 {
		b.descriptors = 100
	}
	if after.MostDescriptors > v.before.Descriptors+b.descriptors {
		v.t.Errorf("descriptors grew from %d to %d: at most %d more are right", v.before.Descriptors, after.MostDescriptors, b.descriptors)
	}
	if most := v.before.Goroutines + 2*b.descriptors + 100; after.MostGoroutines > most {
		v.t.Errorf("goroutines grew from %d to %d: at most %d are right", v.before.Goroutines, after.MostGoroutines, most)
	}
	counted := uint64(0)
	for i := range after.Nodes {
		n := &after.Nodes[i]
		v.t.Logf("%s", n)
		v.judge(n, &b)
		if b.counted != nil {
			counted += b.counted(&n.Stats) - b.counted(&v.before.Nodes[i].Stats)
		}
	}
	if b.counted != nil && counted == 0 {
		v.t.Errorf("no counter moved that should have")
	}
	v.welcome()
}

func (v *victims) judge(n *nodeReport, b *bounds) {
	v.t.Helper()
	if n.Odds > 0 {
		v.t.Errorf("the conversation was disturbed %d times: %q", n.Odds, n.Odd)
	}
	if n.ShoutErrors > 0 && !b.blind {
		v.t.Errorf("%d of %d shouts failed", n.ShoutErrors, n.Shouts)
	}
	events := 0
	for _, count := range n.Strangers {
		events += count
	}
	if events > b.events {
		v.t.Errorf("a node told %d events about strangers: at most %d are right: %v", events, b.events, n.Strangers)
	}
}

// welcome has an honest node come now, which each of the victims meets.
func (v *victims) welcome() {
	v.t.Helper()
	node := zyretest.Start(v.t, zyre.Config{Name: "newcomer", Port: v.config.Port, Interfaces: v.config.Interfaces})
	defer node.Close()
	for range v.before.Nodes {
		zyretest.Next(v.t, node, zyre.Enter)
	}
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d goroutines, %d descriptors", r.Goroutines, r.Descriptors)
	for i := range r.Nodes {
		fmt.Fprintf(&b, "\n%s", &r.Nodes[i])
	}
	return b.String()
}

func (n *nodeReport) String() string {
	return fmt.Sprintf("heard %d, p50 %v, p99 %v, worst %v, shouts %d of which failed %d; strangers %v; doubts %d, odd %d %q; %+v",
		n.Heard, n.P50, n.P99, n.Worst, n.Shouts, n.ShoutErrors, n.Strangers, n.Doubts, n.Odds, n.Odd, n.Stats)
}

// alice, bob and carol are the victims' numbers.
const (
	alice = iota
	bob
	carol
)

func (v *victims) id(i int) zyre.UUID { return v.before.Nodes[i].UUID }

// at is where a victim's ROUTER is.
func (v *victims) at(i int) netip.AddrPort {
	endpoint := v.before.Nodes[i].Endpoint
	at, err := netip.ParseAddrPort(strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		v.t.Fatalf("a victim is at %q: %v", endpoint, err)
	}
	return at
}
