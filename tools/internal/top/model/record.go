package model

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/show"
)

const (
	failure = zrelog.LevelError
	warning = zrelog.LevelWarning
	info    = zrelog.LevelInfo
)

// what are the names of the events that records have.
var what = map[uint8]string{zrelog.EventJoin: "JOIN", zrelog.EventLeave: "LEAVE", zrelog.EventEnter: "ENTER", zrelog.EventExit: "EXIT",
	zrelog.EventSend: "SEND", zrelog.EventRecv: "RECV", zrelog.EventStats: "STATS", 0: "TEXT"}

// leaves reports whether a peer ended by its own will.
func leaves(cause error) bool {
	return errors.Is(cause, zyre.ErrGoodbye) || errors.Is(cause, zyre.ErrClosed)
}

// Record takes what a node published, by the time when it came. The clock of the
// sender is not looked at.
func (m *Model) Record(r *collector.Record) {
	level := r.Level
	if level > info {
		level = 0
	}
	m.Counts.Records[level]++
	if what[r.Event] != "" {
		m.Counts.Told[r.Event]++
	}
	from := m.sender(r)
	if from == nil {
		return
	}
	if r.Event == zrelog.EventStats {
		if c, ok := parseCounters(r.Text); ok {
			from.flow.count(r.Received, c, m.sums)
			m.touch(from)
		}
		return
	}
	if r.Event == zrelog.EventExit && r.Text == zyre.ErrClosed.Error() {
		return // it is the one that leaves, not its peers
	}
	about := from
	if r.Peer != 0 {
		if about = m.only(r.Peer); about != nil && about != from {
			m.linked(link{from.id, about.id}, r.Event)
		}
	}
	m.tell(r, from, about)
}

// sender returns the only node that is present, has the hash that a record names,
// and is where the record came from: anybody can name any hash. Nil: nothing of it is
// to be believed, which is counted.
func (m *Model) sender(r *collector.Record) (found *node) {
	from := plain(r.From)
	for _, n := range m.byHash[r.Node] {
		if !m.isAt(n, from) {
			continue
		}
		if found != nil {
			m.Counts.Unknown++
			return nil
		}
		found = n
	}
	switch {
	case found != nil:
	case len(m.byHash[r.Node]) > 0:
		m.Counts.Forged++
	default:
		m.Counts.Unknown++
	}
	return found
}

// isAt reports whether a node is at an address.
func (m *Model) isAt(n *node, at netip.Addr) bool {
	return n.host.IsValid() && (n.host == at || m.isHome(n.host) && m.isHome(at))
}

// isHome reports whether an address is this machine's.
func (m *Model) isHome(a netip.Addr) bool { return a.IsLoopback() || slices.Contains(m.home, a) }

// only returns the only node that is present and has the hash. Nil: it is not clear whose it is.
func (m *Model) only(h uint16) *node {
	if of := m.byHash[h]; len(of) == 1 {
		return of[0]
	}
	return nil
}

// linked notes what a node told of its link to another.
func (m *Model) linked(l link, event uint8) {
	from := m.nodes[l.from]
	switch {
	case event == zrelog.EventEnter:
		m.repair(l)
	case event == zrelog.EventExit && !m.down[l] && len(m.down) < maxDown && from.broken < maxBroken:
		m.down[l] = true
		from.broken++
		m.touch(from)
	}
}

func (m *Model) repair(l link) {
	if m.down[l] {
		delete(m.down, l)
		from := m.nodes[l.from]
		from.broken--
		m.touch(from)
	}
}

// tell notes what a record says. What is about nobody who is known is told of who
// sent it.
func (m *Model) tell(r *collector.Record, from, about *node) {
	name := what[r.Event]
	if name == "" {
		name = fmt.Sprintf("EVENT %d", r.Event)
	}
	if r.Event == 0 && r.Peer != 0 { // what has no event of its own
		for _, quiet := range []string{"EVASIVE", "SILENT"} {
			if strings.HasPrefix(r.Text, quiet+" ") {
				name = quiet
			}
		}
	}
	ofPeers := name != "TEXT" && r.Event <= zrelog.EventExit
	text := r.Text
	if about == nil {
		if ofPeers { // it has just gone, or we have not met it yet
			m.version++
			m.history.again(sameOf(name, r.Peer, text), r.Received, r.Level, m.version)
			return
		}
		about = from
	}
	level := r.Level
	if level < failure || level > info {
		level = info
	}
	switch name {
	case "ENTER":
		text = about.addr
	case "EVASIVE", "SILENT":
		text = ""
	}
	m.version++
	one := Happening{At: r.Received, Level: level, What: name, Who: show.Text(about.name), Peer: about.id.String(), Text: show.Text(cut(text))}
	if ofPeers {
		if about != from {
			one.Text = strings.TrimPrefix(one.Text+", says "+show.Text(from.name), ", ")
		}
		one.same = sameOf(name, about.hash, text)
	} else if about != from {
		one.Text = show.Text(from.name) + ": " + one.Text
	}
	m.history.add(one, m.version)
}

// sameOf is what other accounts of an event of a peer have in common with this one.
func sameOf(what string, peer uint16, text string) sameness {
	same := sameness{what: what, peer: peer}
	if what == "JOIN" || what == "LEAVE" {
		same.text = cut(text)
	}
	return same
}
