//go:build unix

package interop

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// signal sends the peer's process a signal.
func (p *peer) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// settle says something both ways until it is heard. What is said in one life is
// lost in the next, and zyre.js may need a few: it drops whoever says HELLO
// anew, and greets again at the next beacon. Each life begins with an ENTER, and
// that is when something is said again.
func settle(ours, theirs *peer) {
	ours.t.Helper()
	said := 0
	say := func(from, to *peer) {
		ours.t.Helper()
		for {
			said++
			text := fmt.Sprintf("after %d", said)
			from.do("whisper", to.ID, text)
			if from == ours {
				if reply := ours.expect(event{Type: "DONE", Text: "whisper"}, event{Type: "FAILED"}); reply.Type == "FAILED" {
					ours.expect(event{Type: "ENTER", Peer: to.ID}) // they are between two lives
					continue
				}
			}
			if to.expect(event{Type: "WHISPER", Peer: from.ID, Msg: []string{text}}, event{Type: "ENTER", Peer: from.ID}).Type == "WHISPER" {
				return
			}
		}
	}
	say(ours, theirs)
	say(theirs, ours)
}

// Their process stands still: we ask after it, call it silent, and let it go.
// When it goes on we meet again.
func TestZyreJSStandsStill(t *testing.T) {
	t.Parallel()
	a, b := loopback(t)
	ours := a.ours(t, oursConfig{Name: "ours", Evasive: 1500 * time.Millisecond, Expired: 4 * time.Second})
	theirs := zyreJS(t, b, "theirs", nil)
	meet(ours, theirs)
	echo(ours, theirs, "before")
	theirs.signal(syscall.SIGSTOP)
	t.Cleanup(func() { theirs.signal(syscall.SIGCONT) }) // else it cannot end
	ours.expect(event{Type: "EVASIVE", Peer: theirs.ID})
	ours.expect(event{Type: "SILENT", Peer: theirs.ID})
	ours.expect(event{Type: "EXIT", Peer: theirs.ID})
	theirs.signal(syscall.SIGCONT)
	ours.expect(event{Type: "ENTER", Peer: theirs.ID})
	// zyre.js knew us all the time, so it takes our new HELLO for a mistake,
	// drops us, and greets us when it hears our beacon. For us that answers our
	// HELLO, which it never read: the next thing we say makes it drop us once
	// more, and then both begin anew. We are told so, by EXIT and ENTER.
	settle(ours, theirs)
}

// Our process stands still: they let us go, and when we go on we meet again.
func TestWeStandStill(t *testing.T) {
	t.Parallel()
	a, b := loopback(t)
	ours := a.ours(t, oursConfig{Name: "ours"})
	theirs := zyreJSTimed(t, b, "theirs", nil, 1500*time.Millisecond, 3*time.Second)
	meet(ours, theirs)
	echo(ours, theirs, "before")
	ours.signal(syscall.SIGSTOP)
	t.Cleanup(func() { ours.signal(syscall.SIGCONT) })
	theirs.expect(event{Type: "EXPIRED", Peer: ours.ID})
	theirs.expect(event{Type: "EXIT", Peer: ours.ID})
	ours.signal(syscall.SIGCONT)
	// They say HELLO anew, which ends their old life and begins another.
	ours.expect(event{Type: "EXIT", Peer: theirs.ID})
	settle(ours, theirs)
}

// A process that is killed is gone for the others within Expired, whatever it
// was about to say.
func TestKilled(t *testing.T) {
	t.Parallel()
	a, b := loopback(t)
	ours := a.ours(t, oursConfig{Name: "ours", Evasive: time.Second, Expired: 3 * time.Second})
	theirs := zyreJSTimed(t, b, "theirs", nil, time.Second, 3*time.Second)
	other := a.ours(t, oursConfig{Name: "other"})
	meet(ours, theirs)
	meet(other, theirs)
	theirs.signal(syscall.SIGKILL)
	ours.expect(event{Type: "EXIT", Peer: theirs.ID})
	third := raw(t, b, "third", nil)
	meet(ours, third)
	meet(other, third)
	other.signal(syscall.SIGKILL)
	ours.expect(event{Type: "EXIT", Peer: other.ID})
}
