package history

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// arrive is the receiving side.
func (w *world) arrive(a, b int, it item) {
	n := w.nodes[b]
	p := n.peers[a]
	peer := number(a)
	if it.what == "hello" {
		owed := 0
		switch {
		case p == nil:
			w.meet(n, a)
		case p.ready && p.owed > 0 && w.now.Sub(p.since) < 2*time.Second: // an answer, which is not answered
			w.tell(n, zyre.Event{Type: zyre.Exit, Peer: peer, Cause: zyre.ErrRestarted})
			owed = p.owed - 1
		case p.ready:
			w.exit(n, a, zyre.ErrRestarted)
			w.meet(n, a)
			owed = 1
		default:
			owed = p.owed - 1
		}
		p = n.peers[a]
		*p = acquaintance{ready: true, owed: owed, since: w.now, next: 1, groups: map[string]bool{}}
		w.tell(n, zyre.Event{Type: zyre.Enter, Peer: peer})
		for _, g := range it.groups {
			p.groups[g] = true
			if !w.plant("no groups", it.what, a, b) {
				w.tell(n, zyre.Event{Type: zyre.Join, Peer: peer, Group: g})
			}
		}
		return
	}
	if p == nil || !p.ready {
		return
	}
	if it.seq != p.next {
		if w.plant("gap", it.what, a, b) {
			p.next = it.seq + 1
			return
		}
		w.exit(n, a, zyre.ErrLost)
		w.meet(n, a)
		return
	}
	p.next++
	switch it.what {
	case "bye":
		w.exit(n, a, zyre.ErrGoodbye)
	case "join", "leave":
		if w.plant("no "+it.what, it.what, a, b) {
			return
		}
		kind := zyre.Join
		if p.groups[it.group] = it.what == "join"; it.what == "leave" {
			kind = zyre.Leave
		}
		w.tell(n, zyre.Event{Type: kind, Peer: peer, Group: it.group})
	case "shout":
		if n.groups[it.group] || w.plant("own group", it.what, a, b) {
			w.deliver(a, b, it, zyre.Event{Type: zyre.Shout, Peer: peer, Group: it.group, Msg: [][]byte{it.msg}})
		}
	case "whisper":
		w.deliver(a, b, it, zyre.Event{Type: zyre.Whisper, Peer: peer, Msg: [][]byte{it.msg}})
	}
}

func (w *world) deliver(a, b int, it item, e zyre.Event) {
	n := w.nodes[b]
	switch {
	case w.plant("lose", it.what, a, b):
	case w.plant("double", it.what, a, b):
		w.tell(n, e)
		w.tell(n, e)
	case w.plant("false exit", it.what, a, b):
		w.exit(n, a, zyre.ErrExpired)
	case w.plant("false goodbye", it.what, a, b):
		w.exit(n, a, zyre.ErrGoodbye)
	case w.plant("flap", it.what, a, b):
		for range 2 {
			w.tell(n, zyre.Event{Type: zyre.Exit, Peer: number(a), Cause: zyre.ErrUnreachable})
			w.tell(n, zyre.Event{Type: zyre.Enter, Peer: number(a)})
			for _, g := range worldGroups {
				if n.peers[a].groups[g] {
					w.tell(n, zyre.Event{Type: zyre.Join, Peer: number(a), Group: g})
				}
			}
		}
	case w.plant("stray", it.what, a, b):
		other := w.nodes[(b+1)%len(w.nodes)]
		if other.at == a {
			other = w.nodes[(b+2)%len(w.nodes)]
		}
		if other.live {
			w.tell(other, e)
		}
	case w.plant("swap", it.what, a, b):
		if l := w.links[[2]int{a, b}]; l != nil && len(l.items) > 0 && (l.items[0].what == "whisper" || l.items[0].what == "shout") {
			w.arrive(a, b, l.items[0])
			l.items = l.items[1:]
		} else {
			w.planted = false
		}
		w.tell(n, e)
	default:
		w.tell(n, e)
	}
}

// plant says whether the fault is to be done here and now: where nothing excuses it.
func (w *world) plant(fault, what string, a, b int) bool {
	calm := w.now.Sub(w.calmAt) > 12*time.Second && len(w.cuts) == 0 && !w.resting
	if fault == "no groups" || fault == "gap" || fault == "flap" { // these come with trouble
		calm = w.now.Sub(epoch) > 5*time.Second
	}
	if fault == "flap" {
		calm = len(w.cuts) == 0 && w.now.Sub(w.calmAt) > time.Second && w.now.Sub(w.nodes[a].started) > 11*time.Second && w.now.Sub(w.nodes[b].started) > 11*time.Second
	}
	if w.fault != fault || w.planted || !calm && !w.resting {
		return false
	}
	w.planted = true
	return true
}
