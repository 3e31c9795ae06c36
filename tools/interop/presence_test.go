//go:build unix

package interop

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/netlab"
)

// Three packets in ten are lost for 20 s, of beacons and of what TCP sends: nobody is reported gone, and all that was
// said arrives.
func TestLoss(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for what is lost")
	}
	t.Parallel()
	l := newLAN(t, 3, oursConfig{}) // the third says nothing
	var lossy []*netlab.Rule
	for _, h := range l.hosts {
		lossy = append(lossy, h.Lose(netlab.In, `iifname "eth0"`, 30))
	}
	a, b := l.nodes[0], l.nodes[1]
	const said = 40
	pace := time.NewTicker(20 * time.Second / said)
	defer pace.Stop()
	for i := range said {
		<-pace.C
		a.do("whisper", b.ID, fmt.Sprint("a ", i))
		b.do("whisper", a.ID, fmt.Sprint("b ", i))
	}
	for _, rule := range lossy {
		if rule.Packets() == 0 {
			t.Error("no packet was lost")
		}
		rule.Undo()
	}
	for i := range said {
		for _, way := range []struct {
			from, to *peer
			name     string
		}{{a, b, "a"}, {b, a, "b"}} {
			if e := way.to.expect(event{Type: "WHISPER", Peer: way.from.ID}); e.Msg[0] != fmt.Sprint(way.name, " ", i) {
				t.Fatalf("%s hears %v, not number %d", way.to.name, e, i)
			}
		}
	}
	l.talk("after the loss")
	l.nobody("while packets were lost")
}

// Two and two hosts stop hearing each other, and do again: each is told of the two that are gone, once, and that they
// are there, once.
func TestPartition(t *testing.T) {
	t.Parallel()
	l := newLAN(t, 4, usual())
	left, right := l.nodes[:2], l.nodes[2:]
	var cut []*netlab.Rule
	for i, h := range l.hosts {
		others := "{ 10.77.0.3, 10.77.0.4 }"
		if i >= 2 {
			others = "{ 10.77.0.1, 10.77.0.2 }"
		}
		cut = append(cut, h.Drop(netlab.In, "ip saddr "+others))
	}
	begin := time.Now()
	pairs(left, right, func(a, b *peer) {
		told(a, b, begin, unreachable()...)
		told(b, a, begin, unreachable()...)
	})
	echo(left[0], left[1], "here")
	echo(right[0], right[1], "there")
	l.nobody("on the same side")

	for _, rule := range cut {
		rule.Undo()
	}
	begin = time.Now()
	pairs(left, right, meet)
	t.Logf("all know all %v after the partition", time.Since(begin).Round(time.Millisecond))
	l.talk("whole again")
	pass(2 * time.Second)
	l.nobody("after they had met again")
}

// A process is killed: its peers are told, although its host is there and may start another.
func TestCrash(t *testing.T) {
	eachPlace(t, func(t *testing.T, a, b site) {
		alice, bob := a.ours(t, named("alice", usual())), b.ours(t, named("bob", usual()))
		meet(alice, bob)
		echo(alice, bob, "hello")
		begin := time.Now()
		bob.signal(syscall.SIGKILL)
		told(alice, bob, begin, unreachable()...)
		again := b.ours(t, named("again", usual()))
		meet(alice, again)
		echo(alice, again, "hello again")
		alice.never(event{Type: "EXIT"})
	})
}

// A process stands still for 20 s: its system acknowledges what it is sent, so it is silent, and not gone. When it goes
// on it hears all that it was told meanwhile.
func TestPaused(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for half a minute")
	}
	t.Parallel()
	l := newLAN(t, 3, oursConfig{})
	still, others := l.nodes[0], l.nodes[1:]
	still.signal(syscall.SIGSTOP)
	stopped := time.After(20 * time.Second)
	t.Cleanup(func() { still.signal(syscall.SIGCONT) }) // else it cannot end
	for _, p := range others {
		p.do("whisper", still.ID, "early")
		p.expect(event{Type: "EVASIVE", Peer: still.ID})
		p.expect(event{Type: "SILENT", Peer: still.ID})
		p.do("whisper", still.ID, "late")
	}
	<-stopped
	still.signal(syscall.SIGCONT)
	for _, p := range others {
		still.expect(event{Type: "WHISPER", Peer: p.ID, Msg: []string{"early"}})
		still.expect(event{Type: "WHISPER", Peer: p.ID, Msg: []string{"late"}})
	}
	l.talk("awake")
	l.nobody("although it only stood still")
}

// A cable is pulled: both ends are told, and nobody else goes.
func TestCablePulled(t *testing.T) {
	t.Parallel()
	l := newLAN(t, 3, usual())
	l.talk("hello")
	l.cables[2].Unplug()
	begin := time.Now()
	for _, p := range l.nodes[:2] {
		told(p, l.nodes[2], begin, unreachable()...)
		told(l.nodes[2], p, begin, unreachable()...)
	}
	echo(l.nodes[0], l.nodes[1], "still here")
	l.nobody("whose cable was not pulled")
	l.cables[2].Replug()
	for _, p := range l.nodes[:2] {
		meet(p, l.nodes[2])
	}
	l.talk("back")
	l.nobody("after the cable was back")
}

// A laptop sleeps for longer than Expired: the others are told that it is gone and that it is back, once each, and so
// is it of each of them when it wakes.
func TestSlept(t *testing.T) {
	t.Parallel()
	l := newLAN(t, 4, oursConfig{Evasive: 1500 * time.Millisecond, Expired: 5 * time.Second})
	laptop, others := l.nodes[0], l.nodes[1:]
	begin := time.Now()
	laptop.signal(syscall.SIGSTOP)
	t.Cleanup(func() { laptop.signal(syscall.SIGCONT) })
	for _, p := range others {
		told(p, laptop, begin, zyre.ErrExpired)
	}
	pass(2 * time.Second)
	laptop.signal(syscall.SIGCONT)
	begin = time.Now()
	for _, p := range others {
		p.expect(event{Type: "ENTER", Peer: laptop.ID})
		laptop.expect(event{Type: "EXIT", Peer: p.ID})
		laptop.expect(event{Type: "ENTER", Peer: p.ID})
	}
	t.Logf("all know all %v after it woke", time.Since(begin).Round(time.Millisecond))
	l.talk("good morning")
	pass(2 * time.Second)
	l.nobody("after they had met again")
}
