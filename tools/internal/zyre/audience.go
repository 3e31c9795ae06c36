package zyre

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// audience is who is to get a file, and who has it.
type audience struct {
	group   string // its members only; empty: everybody
	peers   map[zyre.UUID]*listener
	changed time.Time          // when it was another audience last: of those who take files
	reached map[zyre.UUID]bool // who has it or had it, present or not
}

// listener is a peer that is present.
type listener struct {
	name   string
	takes  bool // it takes files at all
	member bool // of the group
	has    bool
	quiet  bool // it is not heard of at the moment
}

func newAudience(group string, now time.Time) *audience {
	return &audience{group: group, peers: map[zyre.UUID]*listener{}, changed: now, reached: map[zyre.UUID]bool{}}
}

// maxReached is of how many it is remembered that they were reached: a peer may
// come under one UUID after the other.
const maxReached = 1 << 16

// sent returns how many peers have got it.
func (a *audience) sent() int { return len(a.reached) }

// event notes what e changes.
func (a *audience) event(e zyre.Event, now time.Time) {
	if e.Type == zyre.Enter {
		p := &listener{name: e.Name, takes: cli.TakesFiles(e.Headers), member: a.group == ""}
		a.peers[e.Peer] = p
		if p.takes && p.member {
			a.changed = now
		}
		return
	}
	p := a.peers[e.Peer]
	if p == nil {
		return
	}
	p.quiet = e.Type == zyre.Evasive || e.Type == zyre.Silent
	switch e.Type {
	case zyre.Exit:
		if !errors.Is(e.Cause, zyre.ErrClosed) { // else we are the one who leaves
			delete(a.peers, e.Peer)
		}
	case zyre.Join, zyre.Leave:
		if a.group != "" && e.Group == a.group {
			p.member = e.Type == zyre.Join
			if p.takes {
				a.changed = now
			}
		}
	case zyre.Sent:
		p.has = true
		if len(a.reached) < maxReached {
			a.reached[e.Peer] = true
		}
	}
}

// missing returns the names of those who have yet to get it, and what is known of why.
func (a *audience) missing() (names []string) {
	for _, id := range slices.SortedFunc(maps.Keys(a.peers), func(a, b zyre.UUID) int { return strings.Compare(a.String(), b.String()) }) {
		if p := a.peers[id]; p.takes && p.member && !p.has {
			name := show.Text(p.name)
			if p.quiet {
				name += " (which is not heard of)"
			}
			names = append(names, name)
		}
	}
	return names
}

// count returns how many are to get it, or have it.
func (a *audience) count() (n int) {
	for _, p := range a.peers {
		if p.takes && p.member {
			n++
		}
	}
	return n
}

// served reports whether somebody has it and nobody lacks it, and whoever was
// there at the start has been heard of by now.
func (a *audience) served(now time.Time) bool {
	return a.sent() > 0 && now.Sub(a.changed) >= settle && len(a.missing()) == 0
}

// settle is how long nobody must have come: longer than the time between two
// announcements.
const settle = 1200 * time.Millisecond

// lack says who lacks it.
func (a *audience) lack() string {
	switch who := a.lacking(maxLacking); {
	case who == "" && a.sent() == 0:
		return "nobody" + a.where() + " came who takes files: is anybody listening, on the same port and network? `zyre doctor` looks for what keeps them away"
	case who == "":
		return "perhaps not everybody was there yet"
	default:
		return who + " may not have all of it"
	}
}

// maxLacking is how many of those who lack it are named at the end: a script may
// want to know all, and anybody may be there under a thousand names.
const maxLacking = 100

// lacking names who has yet to get it, if anybody: so many of them at most.
func (a *audience) lacking(most int) string {
	missing := a.missing()
	all := len(missing)
	text := strings.Join(missing[:min(all, most)], ", ")
	if all > most {
		text += fmt.Sprintf(" and %d more", all-most)
	}
	return text
}

// where says of which group it is.
func (a *audience) where() string { return of(a.group) }
