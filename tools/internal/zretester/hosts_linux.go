package zretester

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/netlab"
)

// hosts are the namespaces of a run, a process in each, and what happens to their network.
//
//	process 1  eth0 10.77.0.1 ──┐
//	process 2  eth0 10.77.0.2 ──lan
//	…                           │
type hosts struct {
	t        *tester
	recorder *history.Recorder
	crew     *crew

	mu     sync.Mutex // of the laboratory, which wants to be used by one at a time
	lab    *netlab.Lab
	hosts  []*netlab.Host
	links  []*netlab.Link
	ether  *netlab.Ether // nil: nothing is delayed
	ending sync.WaitGroup
	now    map[*Fault]*spell // guarded by the roster's mutex
}

// spell is a fault that is happening.
type spell struct{ pairs [][2]zyre.UUID }

// settleHosts makes a network of namespaces for a crew.
func (t *tester) settleHosts(c *crew) (end func(), err error) {
	lab, err := netlab.Open()
	if err != nil {
		return nil, cli.Usagef("--namespaces: %v", err)
	}
	h := &hosts{t: t, lab: lab, crew: c, recorder: history.NewRecorder(func(o history.Observation) { c.merger.add(0, o) }), now: map[*Fault]*spell{}}
	err = lab.Try(func() error {
		delayed := slices.ContainsFunc(t.scenario.Faults, func(f Fault) bool { return f.What == delay })
		var lan *netlab.Switch
		if delayed {
			h.ether = lab.Ether("lan")
		} else {
			lan = lab.Switch("lan")
		}
		for i, m := range c.members {
			host := lab.Host(fmt.Sprintf("host%d", i+1))
			address := fmt.Sprintf("10.77.0.%d/24", i+1)
			if delayed {
				h.links = append(h.links, host.Tap(h.ether, "eth0", address))
			} else {
				h.links = append(h.links, host.Plug(lan, "eth0", address))
			}
			h.hosts = append(h.hosts, host)
			m.task.Interfaces, m.task.Port = []string{"eth0"}, zyre.DefaultPort
			m.command = func() *exec.Cmd {
				here := t.command()
				there := host.Command(context.Background(), here.Path, here.Args[1:]...)
				there.Env = here.Env
				return there
			}
		}
		return nil
	})
	if err != nil {
		_ = lab.Close() // what went wrong first is what counts
		return nil, cli.Usagef("--namespaces: %v", err)
	}
	t.roster.came = h.came
	t.weather = h.weather
	return func() {
		if err := lab.Close(); err != nil {
			t.trouble(err)
		}
	}, nil
}

// weather lets the faults happen until ctx is done; then there are none.
func (h *hosts) weather(ctx context.Context) {
	for i := range h.t.scenario.Faults {
		f := &h.t.scenario.Faults[i]
		h.ending.Go(func() {
			if !sleep(ctx, f.At) {
				return
			}
			for {
				undo := h.begin(f)
				ended := false
				if f.For > 0 {
					ended = !sleep(ctx, f.For)
				} else {
					<-ctx.Done()
					ended = true
				}
				h.end(f, undo)
				if ended || f.Every == 0 || !sleep(ctx, f.Every-f.For) {
					return
				}
			}
		})
	}
	h.ending.Wait()
}

// begin lets a fault happen; what it returns ends it.
func (h *hosts) begin(f *Fault) (undo func()) {
	if f.disturbs() {
		h.spell(f)
	}
	undo = func() {}
	h.do(func() { undo = h.apply(f) })
	return undo
}

// end ends a fault.
func (h *hosts) end(f *Fault, undo func()) {
	h.do(undo)
	h.over(f)
}

// spell tells the checker that a fault begins.
func (h *hosts) spell(f *Fault) {
	h.t.roster.mu.Lock()
	defer h.t.roster.mu.Unlock()
	h.now[f] = &spell{}
	for id, home := range h.t.roster.home {
		h.disturb(f, id, home)
	}
}

// over tells the checker that it is over.
func (h *hosts) over(f *Fault) {
	h.t.roster.mu.Lock()
	defer h.t.roster.mu.Unlock()
	if s := h.now[f]; s != nil {
		for _, pair := range s.pairs {
			if f.What == halt {
				h.recorder.Continue(pair[0])
			} else {
				h.recorder.Calm(pair[0], pair[1])
			}
		}
	}
	delete(h.now, f)
}

// do does something with the laboratory.
func (h *hosts) do(what func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.lab.Try(func() error { what(); return nil }); err != nil {
		h.t.trouble(err)
	}
}

// disturbs tells whether peers may lose each other by it. They must stand that a part of the datagrams is lost.
func (f *Fault) disturbs() bool {
	switch f.What {
	case loss:
		return f.Amount > 0.5
	case delay:
		return f.Amount > 1
	}
	return true
}

// came is told of a node that begins, also in the midst of a fault.
func (h *hosts) came(id zyre.UUID, process int) {
	for f := range h.now {
		h.disturb(f, id, process)
	}
}

// disturb tells the checker whom a node cannot reach. The roster is locked.
func (h *hosts) disturb(f *Fault, id zyre.UUID, home int) {
	inside := slices.Contains(f.hosts(len(h.hosts)), home)
	s := h.now[f]
	if f.What != partition {
		if inside {
			s.pairs = append(s.pairs, [2]zyre.UUID{id})
			if f.What == halt {
				h.recorder.Pause(id, f.What)
			} else {
				h.recorder.Disturb(id, zyre.UUID{}, f.What)
			}
		}
		return
	}
	for other, there := range h.t.roster.home {
		pair := [2]zyre.UUID{id, other}
		if inside == slices.Contains(f.hosts(len(h.hosts)), there) || slices.Contains(s.pairs, [2]zyre.UUID{other, id}) {
			continue
		}
		s.pairs = append(s.pairs, pair)
		h.recorder.Disturb(id, other, f.What)
	}
}

// apply makes a fault.
func (h *hosts) apply(f *Fault) (undo func()) {
	var undos []func()
	all := f.hosts(len(h.hosts))
	for _, i := range all {
		host, link, m := h.hosts[i-1], h.links[i-1], h.crew.members[i-1]
		switch f.What {
		case loss:
			undos = append(undos, lose(host, "meta l4proto udp", f.Amount))
		case lossy:
			undos = append(undos, lose(host, "iifname eth0", f.Amount))
		case cut:
			if h.ether != nil {
				h.ether.Unplug(link)
				undos = append(undos, func() { h.ether.Replug(link) })
				break
			}
			link.Unplug()
			undos = append(undos, link.Replug)
		case halt:
			m.signal(syscall.SIGSTOP)
			undos = append(undos, func() { m.signal(syscall.SIGCONT) })
		case partition:
			undos = append(undos, host.Drop(netlab.In, "ip saddr "+h.addresses(all, false)).Undo)
		}
	}
	switch f.What {
	case delay:
		h.ether.Delay(time.Duration(f.Amount * float64(time.Second)))
		undos = append(undos, func() { h.ether.Delay(0) })
	case partition:
		for i, host := range h.hosts {
			if !slices.Contains(all, i+1) {
				undos = append(undos, host.Drop(netlab.In, "ip saddr "+h.addresses(all, true)).Undo)
			}
		}
	}
	return func() {
		for _, undo := range undos {
			undo()
		}
	}
}

func lose(host *netlab.Host, match string, part float64) (undo func()) {
	if percent := int(part*100 + 0.5); percent < 100 {
		return host.Lose(netlab.In, match, percent).Undo
	}
	return host.Drop(netlab.In, match).Undo
}

// addresses are those of the hosts listed, or of the others.
func (h *hosts) addresses(list []int, listed bool) string {
	var all []string
	for i, link := range h.links {
		if slices.Contains(list, i+1) == listed {
			all = append(all, link.Addr().String())
		}
	}
	return "{ " + strings.Join(all, ", ") + " }"
}

// signal sends a signal to the process that is there.
func (m *member) signal(s syscall.Signal) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cmd != nil && !m.expected {
		_ = m.cmd.Process.Signal(s) // it may have ended
	}
}
