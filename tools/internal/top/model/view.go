package model

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Bounds of what is shown of one thing.
const (
	maxNodeGroups = 32  // of a node
	maxHeaders    = 32  // of a node
	maxGroups     = 200 // in all
	maxLines      = 50  // of what happened, at a time
	maxPast       = 200 // of what happened before
)

// Node is a node as it is shown. All texts are safe on a terminal. Numbers that
// are not known are -1.
type Node struct {
	ID       string            `json:"id"` // 32 hexadecimal digits
	Name     string            `json:"name"`
	Addr     string            `json:"addr"`
	Headers  map[string]string `json:"headers,omitempty"`
	Groups   []string          `json:"groups"`
	More     int               `json:"more,omitzero"` // groups beyond those
	State    string            `json:"state"`
	Self     bool              `json:"self,omitzero"`
	Since    int64             `json:"since"` // ms since 1970: when it entered, or went
	Cause    string            `json:"cause,omitzero"`
	RTT      int64             `json:"rtt"` // µs
	Lost     bool              `json:"lost,omitzero"`
	In       float64           `json:"in"` // messages a second
	Out      float64           `json:"out"`
	OctIn    float64           `json:"octin"` // octets a second
	OctOut   float64           `json:"octout"`
	Queue    int64             `json:"queue"`
	Dropped  int64             `json:"dropped"`
	Peers    int64             `json:"peers"`
	Down     []string          `json:"down,omitempty"` // UUIDs of present nodes to whom its connection is broken, by its own account
	sortable time.Time
}

// Group is a group as it is shown.
type Group struct {
	Name    string `json:"name"`
	Members int    `json:"members"`
}

// Line is a Happening as it is shown.
type Line struct {
	Number uint64 `json:"n"`
	At     int64  `json:"at"` // ms since 1970
	Level  uint8  `json:"level"`
	What   string `json:"what"`
	Who    string `json:"who"`
	Peer   string `json:"peer,omitzero"`
	Text   string `json:"text"`
	Told   int    `json:"told"`
}

// Totals are the counts of the whole.
type Totals struct {
	Nodes   int    `json:"nodes"` // present, this one too
	Quiet   int    `json:"quiet"` // of those, evasive or silent
	Enters  uint64 `json:"enters"`
	Exits   uint64 `json:"exits"`
	Joins   uint64 `json:"joins"`
	Leaves  uint64 `json:"leaves"`
	Events  uint64 `json:"events"`
	Records uint64 `json:"records"`
}

// View is what changed between two versions.
type View struct {
	Version uint64   `json:"version"`
	Whole   bool     `json:"whole,omitzero"` // everything: what one had before does not count
	Nodes   []Node   `json:"nodes,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Groups  []Group  `json:"groups"` // always all, the largest first
	More    int      `json:"moregroups,omitzero"`
	Lines   []Line   `json:"lines,omitempty"`
	Left    int      `json:"left,omitzero"` // older lines that are left out
	Totals  Totals   `json:"totals"`
}

// Version grows with each change.
func (m *Model) Version() uint64 { return m.version }

// Since returns what changed after a version; 0: everything.
func (m *Model) Since(version uint64) View {
	v := View{Version: m.version, Totals: m.Totals()}
	if version == 0 || version < m.began || version > m.version {
		version, v.Whole = 0, true
	}
	down := m.downs()
	for _, n := range m.nodes {
		if n.changed > version {
			v.Nodes = append(v.Nodes, m.show(n, down[n.id]))
		}
	}
	slices.SortFunc(v.Nodes, func(a, b Node) int { return cmp.Or(a.sortable.Compare(b.sortable), cmp.Compare(a.ID, b.ID)) })
	if !v.Whole {
		for _, r := range m.removed {
			if _, back := m.nodes[r.id]; r.version > version && !back {
				v.Removed = append(v.Removed, r.id.String())
			}
		}
	}
	v.Groups, v.More = m.Groups(maxGroups)
	most := maxLines
	if v.Whole {
		most = maxPast
	}
	lines, left := m.history.since(version, most)
	v.Left = left
	for _, h := range lines {
		v.Lines = append(v.Lines, Line{h.Number, h.At.UnixMilli(), h.Level, h.What, h.Who, h.Peer, h.Text, h.Told})
	}
	return v
}

func (m *Model) downs() map[zyre.UUID][]string {
	if len(m.down) == 0 {
		return nil
	}
	of := map[zyre.UUID][]string{}
	for l := range m.down {
		of[l.from] = append(of[l.from], l.to.String())
	}
	for _, list := range of {
		slices.Sort(list)
	}
	return of
}

func (m *Model) show(n *node, down []string) Node {
	out := Node{
		ID: n.id.String(), Name: show.Text(n.name), Addr: show.Text(n.addr), State: n.state.String(), Self: n.self,
		Since: n.since.UnixMilli(), Cause: show.Text(n.cause), RTT: -1, Lost: n.lost,
		In: n.flow.rate("in"), Out: n.flow.rate("out"), OctIn: n.flow.rate("octets-in"), OctOut: n.flow.rate("octets-out"),
		Queue: n.flow.number("queue"), Dropped: n.flow.number("dropped"), Peers: n.flow.number("peers"),
		Groups: []string{}, Down: down, sortable: n.since,
	}
	if n.rtt >= 0 {
		out.RTT = n.rtt.Microseconds()
	}
	for _, group := range n.groups[:min(len(n.groups), maxNodeGroups)] {
		out.Groups = append(out.Groups, show.Text(group))
	}
	out.More = len(n.groups) - len(out.Groups)
	for _, key := range slices.Sorted(maps.Keys(n.headers)) {
		if len(out.Headers) == maxHeaders {
			break
		}
		if out.Headers == nil {
			out.Headers = map[string]string{}
		}
		out.Headers[show.Text(key)] = show.Text(cut(n.headers[key]))
	}
	return out
}

// Groups returns the groups, the largest first, at most so many, and how many
// more there are.
func (m *Model) Groups(most int) (list []Group, more int) {
	list = make([]Group, 0, len(m.groups))
	for name, members := range m.groups {
		list = append(list, Group{name, members})
	}
	slices.SortFunc(list, func(a, b Group) int { return cmp.Or(cmp.Compare(b.Members, a.Members), cmp.Compare(a.Name, b.Name)) })
	more = max(0, len(list)-most)
	list = list[:len(list)-more]
	for i := range list {
		list[i].Name = show.Text(list[i].Name)
	}
	return list, more
}

// Totals returns the counts of the whole.
func (m *Model) Totals() Totals {
	t := Totals{Enters: m.Counts.Events[zyre.Enter], Exits: m.Counts.Events[zyre.Exit], Joins: m.Counts.Events[zyre.Join], Leaves: m.Counts.Events[zyre.Leave]}
	for _, n := range m.nodes {
		if n.state != Gone {
			t.Nodes++
		}
		if n.state == Evasive || n.state == Silent {
			t.Quiet++
		}
	}
	for _, k := range m.Counts.Events {
		t.Events += k
	}
	for _, k := range m.Counts.Records {
		t.Records += k
	}
	return t
}

// Sums returns by how much the counters of nodes grew, all together, as far as
// these told: in, out, octets-in, octets-out.
func (m *Model) Sums() map[string]uint64 { return maps.Clone(m.sums) }

// Queued returns how many messages the nodes that tell have in their queues.
func (m *Model) Queued() (messages int64) {
	for _, n := range m.nodes {
		messages += min(max(0, n.flow.number("queue")), math.MaxInt64-messages)
	}
	return messages
}

// Self takes the observing node's own counters, which no record tells it.
func (m *Model) Self(now time.Time, c map[string]uint64, groups []string) {
	m.self.flow.count(now, c, m.sums)
	for _, group := range slices.Clone(m.self.groups) {
		if !slices.Contains(groups, group) {
			m.leave(m.self, group)
		}
	}
	for _, group := range groups {
		m.join(m.self, group)
	}
	m.touch(m.self)
}
