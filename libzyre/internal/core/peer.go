package core

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/groups"
)

// peer is what one node holds of another. It is greeted as soon as there is one
// (we have a connection and said HELLO), and ready once its HELLO has arrived.
type peer struct {
	// What a beacon touches is together, in 64 octets: with a thousand peers, most of the time goes into fetching it.
	id       ID
	seen     moment  // last sign of life
	here     moment  // last one from the endpoint that we are connected to
	index    int32   // in Core.order
	port     uint16  // of endpoint
	v4       [4]byte // and its address; zero: it is another kind, or a name
	ready    bool
	told     bool  // something of the application was said since HELLO
	proven   bool  // it has shown that it gets what we send
	redialed bool  // and has to show it again, over a connection made anew
	up       bool  // our connection stands; transports that cannot know never say so
	stood    bool  // it has stood since our HELLO
	broke    bool  // a connection broke before that was answered: it may be lost
	departed bool  // a connection of its own has ended since then
	refused  bool  // nobody listens where it was
	full     bool  // its queue is
	paced    bool  // something waits for its turn
	quiet    quiet // how long nothing was heard of it
	thrice   uint8 // how often a beacon came from there, since one came from here
	doubt    error // why it is being checked by a ping; nil: it is not

	host     netip.Addr // of endpoint
	number   uint64     // of all that were ever met
	name     string
	headers  map[string]string
	held     int        // octets of its headers and groups
	endpoint string     // where we are connected to
	local    netip.Addr // address of ours that routes there
	others   []string   // other endpoints that were heard of, the next to try first
	there    string     // the last of them that a beacon came from
	from     string     // where its connection to us came from, until that was tried: there is a way in both directions

	owed     int    // our HELLOs that it has not yet answered
	made     moment // when it was met, then when it became ready
	tried    moment // when it was last greeted
	dialled  moment // when it was last dialled anew, as long as nothing came of it; zero: not
	risen    moment // when its connection came to stand
	moved    moment // since when it is redialed
	asked    moment // when it was last asked whether it is still there
	lookAt   moment // when it is looked whether a silent one acknowledges
	doubtBy  moment // when its answer is due
	sent     uint16 // sequence of the last message to it
	received uint16 // and from it
	status   groups.Status
	pings    []ping
	asks     int // pings of it that we have not yet answered
	small    small
	talked   bool      // it is in Core.talked
	listed   bool      // and in Core.paced
	next     *newcomer // who said HELLO from its endpoint

	waiting []outgoing
}

// meet makes a peer, connects to it and says HELLO. It returns nil when there
// are too many.
func (c *Core) meet(now time.Time, id ID, endpoint string, others ...string) *peer {
	if !c.admit(now, endpoint) {
		return nil
	}
	return c.meetAgain(now, id, endpoint, others...)
}

// meetAgain is meet for one that was there just now.
func (c *Core) meetAgain(now time.Time, id ID, endpoint string, others ...string) *peer {
	if err := c.net.Connect(id, endpoint); err != nil {
		c.stats.Refused++
		return nil
	}
	p := c.newPeer(now, id, endpoint, others...)
	c.greet(p)
	c.due(p)
	return p
}

// newPeer makes a peer that we have a connection to.
func (c *Core) newPeer(now time.Time, id ID, endpoint string, others ...string) *peer {
	at := c.clock.at(now)
	c.met++
	p := &peer{id: id, number: c.met, index: int32(len(c.order)), made: at, tried: at, seen: at, here: at}
	c.settle(p, endpoint)
	for _, other := range others {
		p.remember(other)
	}
	c.peers[id] = p
	c.table.add(p)
	c.order = append(c.order, p)
	c.looks = append(c.looks, never)
	return p
}

// exit ends a peer's life and its connection.
func (c *Core) exit(now time.Time, p *peer, cause error) {
	c.net.Disconnect(p.id)
	c.forget(now, p, cause)
}

// forget ends a peer's life and leaves its connection as it is.
func (c *Core) forget(now time.Time, p *peer, cause error) {
	delete(c.peers, p.id)
	c.table.remove(p)
	c.places.remove(p)
	c.letIn(now, p)
	c.held -= p.held
	c.leaveStatic(now, p)
	c.strike(p)
	c.groups.Remove(p.id)
	p.giveUp(cause)
	if p.ready {
		c.ready--
		c.tell(now, p, Event{Type: Exit, Cause: cause})
	}
}

// giveUp answers the calls that wait for a peer.
func (p *peer) giveUp(cause error) {
	answer := cause
	if cause != ErrBlocked && cause != ErrClosed {
		answer = ErrUnknownPeer
	}
	for _, ping := range p.pings {
		ping.finish(0, answer)
	}
	for _, waiting := range p.waiting {
		if answer == ErrUnknownPeer && waiting.message.ID != zre.IDWhisper {
			waiting.done(nil) // who has left need not be told
		} else {
			waiting.done(answer)
		}
	}
	p.pings, p.waiting = nil, nil
}

// strike takes a peer out of order; the last one takes its place.
func (c *Core) strike(p *peer) {
	last := len(c.order) - 1
	c.order[p.index], c.looks[p.index] = c.order[last], c.looks[last]
	c.order[p.index].index = p.index
	c.order[last] = nil
	c.order, c.looks = c.order[:last], c.looks[:last]
}

// again ends a peer's life because something went wrong with it, and begins a
// new one: at once, or with its next beacon where that happens too often.
func (c *Core) again(now time.Time, p *peer, cause error) {
	at := c.clock.at(now)
	often := at.Sub(p.made) < c.grace
	there := c.tells && p.here == at                                              // it was heard over TCP: this way works, though ours may not stand yet
	deaf := at.Sub(p.here) >= c.grace || !there && c.unheardFor(at, p) >= c.grace // it is heard, but not from there, or does not hear us there
	c.exit(now, p, cause)
	if often {
		return
	}
	endpoint, others := p.endpoint, p.others
	if len(others) > 0 && deaf {
		endpoint, others = p.another()
	}
	c.meetAgain(now, p.id, endpoint, others...)
}

// remember notes where else a peer may be, and reports whether that is news. The
// one that was heard of last is the last of them.
func (p *peer) remember(endpoint string) bool {
	if endpoint == "" || endpoint == p.endpoint {
		return false
	}
	known := slices.Index(p.others, endpoint)
	switch {
	case known >= 0:
		p.others = slices.Delete(p.others, known, known+1)
	case len(p.others) == maxEndpoints:
		p.others = slices.Delete(p.others, 0, 1)
	}
	p.others = append(p.others, endpoint)
	return known < 0
}

// another is the endpoint to go on at, and which remain then: the one that it connected from, else the one that was heard of
// last, and in the end each.
func (p *peer) another() (endpoint string, others []string) {
	at := slices.Index(p.others, p.from)
	if p.from = ""; at < 0 {
		at = len(p.others) - 1
	}
	endpoint = p.others[at]
	return endpoint, slices.Insert(slices.Delete(slices.Clone(p.others), at, at+1), 0, p.endpoint)
}

// endpointOf writes an endpoint as ZeroMQ does.
func endpointOf(addr netip.Addr, port uint16) string {
	return "tcp://" + netip.AddrPortFrom(addr.Unmap(), port).String()
}

// parseEndpoint reads one. The address is invalid where it is a name or stands
// for any; a port there always is if ok.
func parseEndpoint(endpoint string) (addr netip.Addr, port uint16, ok bool) {
	rest, isTCP := strings.CutPrefix(endpoint, "tcp://")
	colon := strings.LastIndexByte(rest, ':')
	if !isTCP || colon < 0 {
		return addr, 0, false
	}
	number, err := strconv.ParseUint(rest[colon+1:], 10, 16)
	if err != nil || number == 0 {
		return addr, 0, false
	}
	host := strings.TrimSuffix(strings.TrimPrefix(rest[:colon], "["), "]")
	if addr, err = netip.ParseAddr(host); err != nil || addr.IsUnspecified() || addr.IsMulticast() {
		addr = netip.Addr{}
	}
	return addr.Unmap(), uint16(number), true
}

// hold counts what a peer makes us keep.
func (c *Core) hold(p *peer, more int) {
	p.held += more
	c.held += more
}

// takeHeaders is the last step of HELLO: what the peer says of itself.
func (c *Core) takeHeaders(p *peer) {
	if p.name = string(c.in.Name); p.name == "" {
		p.name = strings.ToUpper(hex.EncodeToString(p.id[:3]))
	}
	c.hold(p, c.helloOctets()-p.held)
	p.headers = make(map[string]string, len(c.in.Headers))
	for _, h := range c.in.Headers {
		p.headers[string(h.Key)] = string(h.Value)
	}
}
