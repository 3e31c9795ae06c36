package core

import (
	"errors"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
)

// quiet is how long nothing was heard from a peer, in steps.
type quiet uint8

const (
	alive   quiet = iota
	asked         // for a few of its beacons: pinged
	evasive       // for Evasive
	silent        // and the ping was not answered
)

// A host that acknowledges nothing is taken for dead after mostUnheard: a TCP of which a try falls into two seconds of a radio's
// silence tries again after 0.2, 0.6, 1.4 and 3 s. Where it has to be known in goneBy, and beacons are too rare to ask early, less has to do.
const (
	leastUnheard = 2700 * time.Millisecond
	mostUnheard  = 4200 * time.Millisecond
	goneBy       = 7700 * time.Millisecond
)

// errMoved doubts where a peer is, not that it lives.
var errMoved = errors.New("it may have moved")

// ping is a PING on its way. Its answers come in order.
type ping struct {
	sent time.Time
	by   error // the doubt that its answer ends
	done func(time.Duration, error)
}

func (p *ping) finish(d time.Duration, err error) {
	if p.done != nil {
		p.done(d, err)
	}
}

// dropPings gives up pings whose answers can no longer come in order.
func (p *peer) dropPings() {
	for _, ping := range p.pings {
		ping.finish(0, ErrUnreachable)
	}
	p.pings = nil
	if p.doubt == errMoved {
		p.doubt = nil
	}
}

// alive notes a sign of life.
func (c *Core) alive(now time.Time, p *peer) {
	p.seen = c.clock.at(now)
	p.quiet = alive
}

// deadline is when something has to be done about a peer that stays quiet.
func (c *Core) deadline(p *peer) moment {
	if !p.ready {
		end := c.patienceEnds(p)
		wait := 2 * c.grace
		if p.here.After(p.tried) && !p.broke { // it is heard from there: its answer may need some time
			wait = 3 * c.grace
		}
		if next := p.tried.Add(wait); (len(p.others) > 0 || p.broke) && next.Before(end) {
			end = next
		}
		return end
	}
	var due moment
	switch p.quiet {
	case alive:
		due = p.seen.Add(c.curiosityAbout(p))
	case asked:
		due = p.seen.Add(c.patienceWith(p))
	case evasive:
		due = p.seen.Add(c.patienceWith(p) + c.grace)
	default:
		due = min(p.seen.Add(c.cfg.Expired), p.lookAt)
	}
	if p.doubt != nil && p.doubtBy.Before(due) {
		due = p.doubtBy
	}
	if elsewhere := max(p.here, p.asked).Add(c.patienceWith(p)); len(p.others) > 0 && p.quiet == alive && p.doubt == nil && elsewhere.Before(due) {
		due = elsewhere
	}
	return due
}

// patienceEnds is when a peer is given up that does not answer HELLO; one whose connection stands only now has had no time for that.
func (c *Core) patienceEnds(p *peer) moment {
	end := p.made.Add(2 * c.cfg.Evasive)
	if p.up {
		end = max(end, min(p.risen.Add(3*c.grace), end.Add(c.cfg.Evasive)))
	}
	return end
}

// judge does what a peer's silence asks for.
func (c *Core) judge(now time.Time, at moment, p *peer) {
	if at.Before(c.deadline(p)) {
		return
	}
	silence := at.Sub(p.seen)
	switch {
	case !p.ready && !at.Before(c.patienceEnds(p)):
		c.rest(at, p.endpoint)
		c.exit(now, p, ErrUnreachable)
	case !p.ready && p.up && c.hears(p) && !p.broke:
		p.tried = at // it has our HELLO: its answer is on the way
	case !p.ready:
		c.regreet(at, p)
	case p.doubt != nil && !at.Before(p.doubtBy):
		c.condemn(now, p)
	case silence >= c.cfg.Expired:
		c.exit(now, p, ErrExpired)
	case p.quiet == alive && silence < c.curiosityAbout(p):
		// It is heard, but not from where we are connected to: that network may
		// be gone.
		p.asked = at
		c.check(now, p, errMoved, 2*c.grace)
	case p.quiet == alive:
		p.quiet, p.lookAt = asked, at.Add(c.unheardMost(p)+c.grace/20)
		c.ping(now, p, ping{})
		if silence >= c.patienceWith(p) {
			c.judge(now, at, p)
		}
	case p.quiet == asked:
		p.quiet = evasive
		c.tell(now, p, Event{Type: Evasive})
	case p.quiet == evasive:
		p.quiet = silent
		c.tell(now, p, Event{Type: Silent})
		if c.knowsUs(now, p) && !(p.up && c.hears(p)) { // else it is there, and does not run
			c.tryElsewhere(now, p)
		}
	default:
		// Its host acknowledges what we send, or we cannot know: then it may be busy. Else it is gone, or its cable is.
		most := c.unheardMost(p)
		if !p.dialled.IsZero() { // nor was it where else it was looked for
			most = c.grace * 3 / 2
		}
		if c.unheardFor(at, p) >= most {
			c.exit(now, p, ErrUnreachable)
			return
		}
		p.lookAt = at.Add(c.grace)
	}
}

// hears says whether a peer's host has acknowledged all that it was sent, or is about to.
func (c *Core) hears(p *peer) bool {
	unheard := c.net.Unacknowledged(p.id)
	return unheard >= 0 && unheard < c.grace
}

// patienceWith is how long a peer may be quiet before it is asked: Evasive, or in large networks, where beacons are rare, as long as two of
// them take, and not for all the same.
func (c *Core) patienceWith(p *peer) time.Duration {
	patience := min(c.Pace()*11/5, c.cfg.Expired/2)
	if patience <= c.cfg.Evasive {
		return c.cfg.Evasive
	}
	return patience + (patience-c.cfg.Evasive)*time.Duration(p.id[15]^c.cfg.ID[15])/1024
}

// curiosityAbout is how long a peer may be quiet before it is asked, without telling anybody: no healthy network loses three beacons in a row.
func (c *Core) curiosityAbout(p *peer) time.Duration {
	return min(c.patienceWith(p), c.Pace()*7/2)
}

// unheardMost is how long a peer's host may acknowledge nothing.
func (c *Core) unheardMost(p *peer) time.Duration {
	if c.patienceWith(p) > c.cfg.Evasive {
		return mostUnheard
	}
	return max(leastUnheard, min(mostUnheard, goneBy-c.curiosityAbout(p)))
}

// unheardFor is how long a peer's host has not acknowledged what it was sent, or that it is dialled.
func (c *Core) unheardFor(at moment, p *peer) time.Duration {
	if !p.dialled.IsZero() {
		return at.Sub(p.dialled)
	}
	if c.tells && !p.stood {
		return at.Sub(p.tried)
	}
	return c.net.Unacknowledged(p.id)
}

// check asks a peer whether it lives, because something else says it does not.
// Only one doubt at a time: the first.
func (c *Core) check(now time.Time, p *peer, doubt error, within time.Duration) {
	if !p.ready || p.doubt != nil {
		return
	}
	if !c.ping(now, p, ping{by: doubt}) && doubt != ErrUnreachable {
		return // it could not be asked: hearsay condemns nobody
	}
	p.doubt, p.doubtBy = doubt, c.clock.at(now).Add(within)
	c.due(p)
}

// ping sends a PING, if there is room for it.
func (c *Core) ping(now time.Time, p *peer, ping ping) bool {
	if p.full || len(p.pings) >= maxPings {
		return false
	}
	ping.sent = now
	c.out = zre.Message{ID: zre.IDPing}
	if !c.send(p, nil) {
		return false
	}
	p.pings = append(p.pings, ping)
	return true
}

// pong takes a PING-OK.
func (c *Core) pong(now time.Time, p *peer) {
	if len(p.pings) == 0 { // it answers one that was sent over another connection
		c.stats.Unexpected++
		return
	}
	p.proven, p.redialed = true, false
	p.here = p.seen // our way to it works
	first := p.pings[0]
	p.pings = p.pings[1:]
	if first.by != nil && first.by == p.doubt {
		p.doubt = nil
	}
	first.finish(now.Sub(first.sent), nil)
}

// Ping sends a PING to a peer; done gets the time until it was answered. It is
// called once, from within the core, and must not block.
func (c *Core) Ping(now time.Time, id ID, done func(time.Duration, error)) {
	p := c.peers[id]
	switch {
	case p == nil || !p.ready:
		done(0, ErrUnknownPeer)
	case !c.ping(now, p, ping{done: done}):
		done(0, ErrBlocked)
	}
}

// suspect is for what cannot end a peer at once because others are in the midst
// of going through all of them: the next Tick does.
func (p *peer) suspect(cause error, c *Core) {
	p.doubt, p.doubtBy, p.up = cause, p.seen, false
	c.due(p)
}
