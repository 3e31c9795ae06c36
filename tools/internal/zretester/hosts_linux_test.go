package zretester

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/netlab"
)

// Faults of every kind in a network of namespaces: nothing is found, and nothing is left.
func TestNamespaces(t *testing.T) {
	netlab.NeedTap(t)
	t.Parallel()
	s := life()
	s.Nodes, s.Namespaces, s.For, s.Settle, s.Kill = 6, 3, 4*time.Second, 4*time.Second, 2*time.Second
	second := time.Second
	s.Faults = []Fault{
		{What: loss, Amount: 0.3},
		{What: delay, Amount: 0.005},
		{What: partition, At: second / 2, For: second / 2, Every: 2 * second},
		{What: halt, At: second, For: second / 2, Hosts: []int{3}},
		{What: cut, At: 2 * second, For: second / 2, Hosts: []int{2}},
		{What: lossy, At: 2 * second, For: second / 2, Amount: 0.05},
		{What: loss, At: 3 * second, For: second / 2, Amount: 1},
	}
	tester := testerOf(s, as("worker"))
	r, err := run(t, tester)
	if err != nil || r.Found > 0 || len(r.Troubles) > 0 {
		t.Errorf("%v: %+v", err, r)
	}
	if r.Namespaces != 3 || r.Started < 3 || r.Figures.Enters < 5 {
		t.Errorf("%+v", r)
	}
	left, err := filepath.Glob("/run/netns/*-host3")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if strings.Contains(name, ownLab()) {
			t.Errorf("%s is left", name)
		}
	}
}

// ownLab is what the names of this process's namespaces have in them.
func ownLab() string { return "lab" + filepath.Base(mustReadlink("/proc/self")) }

func mustReadlink(name string) string {
	target, err := os.Readlink(name)
	if err != nil {
		panic(err)
	}
	return target
}

// The checker hears whom a fault keeps from whom, of nodes that come in its midst too, and when it is over.
func TestWhoIsDisturbed(t *testing.T) {
	a1, a2, b1 := zyre.UUID{1}, zyre.UUID{2}, zyre.UUID{3}
	late := zyre.UUID{4}
	for _, c := range []struct {
		fault Fault
		want  []string
	}{
		{Fault{What: partition, Hosts: []int{1}}, []string{"disturb 1 3", "disturb 2 3", "disturb 3 4", "calm 1 3", "calm 2 3", "calm 3 4"}},
		{Fault{What: cut, Hosts: []int{1}}, []string{"disturb 1 0", "disturb 2 0", "disturb 4 0", "calm 1 0", "calm 2 0", "calm 4 0"}},
		{Fault{What: halt, Hosts: []int{2}}, []string{"pause 3 0", "continue 3 0"}},
		{Fault{What: loss, Amount: 0.3}, nil},
		{Fault{What: delay, Amount: 0.3}, nil},
		{Fault{What: loss, Amount: 0.9, Hosts: []int{2}}, []string{"disturb 3 0", "calm 3 0"}},
	} {
		var got []string
		r := newRoster()
		h := &hosts{t: &tester{roster: r}, now: map[*Fault]*spell{}, hosts: make([]*netlab.Host, 2),
			recorder: history.NewRecorder(func(o history.Observation) {
				one, other := min(o.Node[0], o.Peer[0]), max(o.Node[0], o.Peer[0])
				if one == 0 {
					one, other = other, one
				}
				got = append(got, o.Kind+" "+string('0'+one)+" "+string('0'+other))
			})}
		r.came = h.came
		start := func(process int, id zyre.UUID) {
			r.watch(process, &history.Observation{Kind: history.ObservedStart, Node: id})
		}
		start(1, a1)
		start(1, a2)
		start(2, b1)
		if c.fault.disturbs() {
			h.spell(&c.fault)
		}
		start(1, late)
		h.over(&c.fault)
		start(1, zyre.UUID{5})
		slices.Sort(c.want)
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.fault, got, c.want)
		}
	}
}
