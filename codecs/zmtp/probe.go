package zmtp

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// probeMost is how long a connection may take to show that it is alive.
const probeMost = time.Second

// silentMost is how long a connection may have carried nothing and keep its identity nevertheless when somebody else comes under it.
const silentMost = time.Second

// ackClock is how exact the system's clock of acknowledgements is at least.
const ackClock = 20 * time.Millisecond

// The reasons why an identity is not given to who asks for it.
var (
	errTaken = errors.New("zmtp: a connection of the same identity is there, and alive")
	errOurs  = errors.New("zmtp: the other end came under our own identity")
)

// probe finds out whether a connection is alive, for somebody who came under the same identity. Identities are no secrets: who
// knows one must not cut off whom it belongs to, and who lost the connection itself must be able to come back.
type probe struct {
	once   sync.Once
	stir   chan struct{} // closed as soon as something arrived, or the connection ended
	broken atomic.Bool   // nothing can be written any more
	over   chan struct{} // closed when alive is known
	alive  bool
}

func (p *probe) stirred() { p.once.Do(func() { close(p.stir) }) }

// claim says whether the identity of a newcomer may be its own, and from which connection it would take it over. It takes
// probeMost at most.
func (l *listener) claim(a *admitted) (from *conn, err error) {
	if l.opts.kind != zsock.Router || len(a.peer.identity) == 0 {
		return nil, nil
	}
	if string(a.peer.identity) == string(l.opts.identity) {
		return nil, errOurs
	}
	l.mu.Lock()
	old := l.peers[string(a.peer.identity)]
	if old == nil || !old.alive() || l.closing {
		l.mu.Unlock()
		return old, nil
	}
	if !old.spoke.Load() && time.Since(l.set.born)-old.since > silentMost { // else who knew an identity first could keep it for ever
		l.mu.Unlock()
		return old, nil
	}
	p := old.probe.Load()
	first := p == nil
	if first {
		p = &probe{stir: make(chan struct{}), over: make(chan struct{})}
		old.probe.Store(p)
	}
	l.mu.Unlock()
	if first {
		p.alive = l.ask(old, p)
		old.probe.Store(nil)
		close(p.over)
	}
	<-p.over
	if p.alive {
		return nil, errTaken
	}
	return old, nil
}

// ask is whether a connection that somebody holds is alive: something arrives, its system acknowledges what it is asked, or both
// its ends are on this machine.
func (l *listener) ask(c *conn, p *probe) bool {
	raw, began, most := tcpOf(c.net), time.Now(), probeMost
	before, known := askTCP(raw)
	if c.minor > 0 {
		c.tell(ping(c.opts.heartbeat))
	} else { // it does not know what a PING is, but its system answers to TCP's own question, after a second of silence
		most += probeMost / 4
		defer nudge(raw)()
	}
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	stir, heard := p.stir, false
	for wait := time.Millisecond; ; wait = min(2*wait, probeMost/10) {
		now, _ := askTCP(raw)
		switch {
		case !c.alive(), now.gone, p.broken.Load():
			return false
		case heard, known && now.acked != before.acked:
			return true
		case known && c.minor == 0 && time.Since(began)-now.ago > ackClock-before.ago: // it did so anew
			return true
		}
		look := time.NewTimer(wait)
		select {
		case <-look.C:
		case <-stir: // its end may come right behind
			look.Reset(lastLook)
			<-look.C
			stir, heard = nil, true
		case <-deadline.C:
			look.Stop()
			return c.seemsAlive(now, known)
		}
	}
}

// seemsAlive is what is thought of a connection that has not stirred.
func (c *conn) seemsAlive(now tcpState, known bool) bool {
	if known {
		return now.full
	}
	if own, ok := c.net.(acknowledger); ok {
		return own.Unacknowledged() == 0
	}
	if c.within() {
		return true
	}
	return c.handing.Load() // it is we who do not listen
}
