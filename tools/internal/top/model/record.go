package model

import (
	"errors"
	"fmt"
	"net/netip"
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
	from := m.one(r.Node, r.From)
	if from == nil {
		m.Counts.Unknown++
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
		if about = m.one(r.Peer, netip.Addr{}); about != nil && about != from {
			m.linked(link{from.id, about.id}, r.Event)
		}
	}
	m.tell(r, from, about)
}

// one returns the only node that is present and has the hash; of several, the only
// one that is at an address. Nil: it is not clear whose it is.
func (m *Model) one(h uint16, at netip.Addr) *node {
	of := m.byHash[h]
	if len(of) == 1 {
		return of[0]
	}
	var found *node
	for _, n := range of {
		if at.IsValid() && n.host.Unmap() == at.Unmap() {
			if found != nil {
				return nil
			}
			found = n
		}
	}
	return found
}

// linked notes what a node told of its link to another.
func (m *Model) linked(l link, event uint8) {
	switch {
	case event == zrelog.EventEnter:
		m.repair(l)
	case event == zrelog.EventExit && len(m.down) < maxDown:
		m.down[l] = true
		m.touch(m.nodes[l.from])
	}
}

func (m *Model) repair(l link) {
	if m.down[l] {
		delete(m.down, l)
		m.touch(m.nodes[l.from])
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
