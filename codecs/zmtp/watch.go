package zmtp

import (
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// watch looks at how long a connection has been silent (ZMTP 3.1, "Connection Heartbeating"). Only connections that have
// something to look at have one.
type watch struct {
	conn  *conn
	born  time.Time
	last  atomic.Int64 // when something was heard last, since born
	every time.Duration

	mu    sync.Mutex
	ttl   time.Duration // the peer's: how long it may be silent; 0: for ever
	asked bool
	timer *time.Timer
}

// startWatch begins to watch a new connection, if its socket has a heartbeat and its peer knows what a PING is: before ZMTP
// 3.1 there is none.
func (c *conn) startWatch() {
	if c.opts.heartbeat > 0 && c.minor > 0 {
		c.watchFor(c.opts.heartbeat, 0)
	}
}

func (c *conn) watchFor(every, ttl time.Duration) {
	w := &watch{conn: c, born: time.Now(), every: every, ttl: ttl}
	w.mu.Lock()
	defer w.mu.Unlock()
	c.watch.Store(w)
	if !c.alive() { // kill may not have seen it
		w.timer = time.NewTimer(0)
		w.timer.Stop()
		return
	}
	w.timer = time.AfterFunc(min(positive(every, math.MaxInt64), positive(ttl, math.MaxInt64)), w.look)
}

// allow notes for how long the peer wants to be believed without a sign of life, in tenths of a second; 0: for ever.
func (c *conn) allow(tenths uint16) {
	ttl := time.Duration(tenths) * (time.Second / 10)
	w := c.watch.Load()
	if w == nil {
		if ttl > 0 {
			c.watchFor(0, ttl)
		}
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ttl = ttl; w.every == 0 && ttl > 0 && c.alive() {
		w.timer.Reset(ttl)
	}
}

func (w *watch) heard() { w.last.Store(int64(time.Since(w.born))) }

// stop is called when the connection ends.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
}

// look ends a connection that has been silent for too long, asks one that is about to be, and comes back when that may
// have changed.
func (w *watch) look() {
	switch dead, ask := w.judge(); {
	case dead:
		w.conn.kill(errSilent)
	case ask:
		w.conn.tell(ping(w.every))
	}
}

func (w *watch) judge() (dead, ask bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.conn.alive() {
		return false, false
	}
	held := w.conn.handing.Load()
	if held {
		w.heard() // it is we who do not listen
	}
	silent := time.Since(w.born) - time.Duration(w.last.Load())
	most := positive(w.ttl, math.MaxInt64)
	if w.every > 0 && w.asked {
		most = min(most, 2*w.every)
	}
	if silent >= most {
		return true, false
	}
	next := most - silent
	if w.every > 0 {
		w.asked = silent >= w.every
		if w.asked {
			next = min(next, 2*w.every-silent)
		} else {
			next = min(next, w.every-silent)
		}
	}
	w.timer.Reset(max(next, time.Millisecond))
	return false, w.asked || held && w.every > 0 // who does not listen still gives a sign of life
}

// ping is a PING: the other end may give us up after twice the heartbeat, as we would give it up.
func ping(every time.Duration) []byte {
	tenths := min((2*every+time.Second/10-1)/(time.Second/10), math.MaxUint16)
	return binary.BigEndian.AppendUint16(command("PING"), uint16(tenths))
}
