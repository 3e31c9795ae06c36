package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/netlab"
)

// lan is hosts on one network, each with a node of ours, and all know all.
//
//	host1 eth0 10.77.0.1 ──┐
//	host2 eth0 10.77.0.2 ──┤ lan
//	…                      │
type lan struct {
	t      *testing.T
	hosts  []*netlab.Host
	cables []*netlab.Link
	nodes  []*peer
}

func newLAN(t *testing.T, hosts int, c oursConfig) *lan {
	t.Helper()
	lab := netlab.New(t)
	l := &lan{t: t}
	between := lab.Switch("lan")
	for i := range hosts {
		h := lab.Host(fmt.Sprintf("host%d", i+1))
		addr := fmt.Sprintf("10.77.0.%d", i+1)
		l.hosts = append(l.hosts, h)
		l.cables = append(l.cables, h.Plug(between, "eth0", addr+"/24"))
		l.nodes = append(l.nodes, onHost(h, addr, "10.77.0.255").ours(t, named(fmt.Sprintf("node%d", i+1), c)))
	}
	l.pairs(meet)
	return l
}

// pairs does something for each two nodes.
func (l *lan) pairs(do func(a, b *peer)) {
	l.t.Helper()
	pairs(l.nodes, l.nodes, do)
}

// pairs does something for each of a with each of b, once for each two.
func pairs(a, b []*peer, do func(a, b *peer)) {
	done := map[[2]*peer]bool{}
	for _, x := range a {
		for _, y := range b {
			if x != y && !done[[2]*peer{y, x}] {
				done[[2]*peer{x, y}] = true
				do(x, y)
			}
		}
	}
}

// talk has each two say something to each other.
func (l *lan) talk(text string) {
	l.t.Helper()
	l.pairs(func(a, b *peer) { echo(a, b, text) })
}

// nobody sees that nobody came or went since it was last looked at.
func (l *lan) nobody(when string) {
	l.t.Helper()
	for _, p := range l.nodes {
		before := l.t.Failed()
		p.never(event{Type: "ENTER"})
		p.never(event{Type: "EXIT"})
		if l.t.Failed() && !before {
			l.t.Errorf("… %s", when)
		}
	}
}

// take counts such events that were told so far, and takes them.
func (p *peer) take(want event) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = slices.DeleteFunc(p.events, func(e event) bool {
		if !e.matches(want) {
			return false
		}
		n++
		return true
	})
	return n
}

// pass lets that much time pass. It is for what has to last: a fault, or that nothing happens. What happens is awaited.
func pass(d time.Duration) { <-time.After(d) }

// told is expect of an EXIT, which must have one of these causes. It returns how long it took.
func told(p, of *peer, since time.Time, causes ...error) time.Duration {
	p.t.Helper()
	e := p.expect(event{Type: "EXIT", Peer: of.ID})
	took := time.Since(since)
	for _, c := range causes {
		if strings.Contains(e.Cause, c.Error()) {
			p.t.Logf("%s: EXIT of %s after %v: %s", p.name, of.name, took.Round(time.Millisecond), e.Cause)
			return took
		}
	}
	p.t.Errorf("%s: EXIT of %s after %v: %s; expected %v", p.name, of.name, took, e.Cause, causes)
	return took
}

// converse has two say something until the other hears it. Where a life ends meanwhile, what was said in it is lost, and it is said again
// in the next.
func converse(t *testing.T, a, b *peer) {
	t.Helper()
	for _, way := range []struct{ from, to *peer }{{a, b}, {b, a}} {
		late := time.After(patience)
		for tries := 1; ; tries++ {
			text := fmt.Sprintf("try %d of %s", tries, way.from.name)
			way.from.do("whisper", way.to.ID, text)
			if r := way.from.expect(event{Type: "DONE", Text: "whisper"}, event{Type: "FAILED"}); r.Type == "DONE" {
				if way.to.hears(event{Type: "WHISPER", Peer: way.from.ID, Msg: []string{text}}, 3*time.Second) {
					break
				}
			} else {
				pass(100 * time.Millisecond) // between two lives
			}
			select {
			case <-late:
				t.Fatalf("%s does not hear %s", way.to.name, way.from.name)
			default:
			}
		}
	}
}

// hears waits that long for an event.
func (p *peer) hears(want event, within time.Duration) bool {
	late := time.After(within)
	for {
		if p.take(want) > 0 {
			return true
		}
		select {
		case <-p.news:
		case <-late:
			return p.take(want) > 0
		}
	}
}

// named is the configuration with that name.
func named(name string, c oursConfig) oursConfig {
	c.Name = name
	return c
}

// usual is the configuration to test presence with: the default, where the transport tells what TCP has acknowledged.
// Where it does not, who can no longer be reached is gone when it expires, and that is made quicker.
func usual() oursConfig {
	if tellsAcknowledged() {
		return oursConfig{}
	}
	return oursConfig{Evasive: 1500 * time.Millisecond, Expired: 6 * time.Second}
}

// tellsAcknowledged is whether the transport knows what the other host has acknowledged.
func tellsAcknowledged() bool { return transport.String() == transports[0].String() }

// unreachable are the causes of an EXIT when nothing comes through any more.
func unreachable() []error {
	if tellsAcknowledged() {
		return []error{zyre.ErrUnreachable}
	}
	return []error{zyre.ErrUnreachable, zyre.ErrExpired}
}
