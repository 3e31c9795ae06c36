package core

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Call is one call of the application that sends to peers. Done is called once,
// from within the core: when all is queued, or a peer had to be given up. It
// must not block.
type Call struct {
	Done    func(error)
	waiting int // peers that have no room yet
	err     error
}

// outgoing is what waits for room in a peer's queue.
type outgoing struct {
	message  zre.Message
	call     *Call
	deadline time.Time
}

func (o *outgoing) done(err error) {
	if o.call.waiting--; err != nil && o.call.err == nil {
		o.call.err = err
	}
	if o.call.waiting == 0 {
		o.call.Done(o.call.err)
	}
}

// Whisper sends a message to one peer. The octets are the caller's again once
// Done was called.
func (c *Core) Whisper(now time.Time, id ID, content [][]byte, call *Call) {
	c.clock.at(now)
	p := c.peers[id]
	if p == nil || !p.ready {
		call.Done(ErrUnknownPeer)
		return
	}
	c.begin(call)
	c.post(now, p, zre.Message{ID: zre.IDWhisper, Content: content}, call)
	c.end(call)
}

// Shout sends a message to each member of a group but ourselves.
func (c *Core) Shout(now time.Time, group string, content [][]byte, call *Call) {
	c.clock.at(now)
	c.begin(call)
	name := []byte(group)
	for id := range c.groups.Members(group) {
		if p := c.peers[id]; p != nil {
			c.post(now, p, zre.Message{ID: zre.IDShout, Group: name, Content: content}, call)
		}
	}
	c.end(call)
}

// Join and Leave change our own groups and tell all peers. Nothing happens where
// nothing changes.
func (c *Core) Join(now time.Time, group string, call *Call) {
	if c.groups.Count(c.cfg.ID) >= c.cfg.Limits.Groups && !c.groups.In(c.cfg.ID, group) {
		call.Done(fmt.Errorf("%w: this node is in %d groups: more are not possible", ErrInvalid, c.cfg.Limits.Groups))
		return
	}
	c.change(now, c.groups.Join(c.cfg.ID, group), zre.IDJoin, group, call)
}

// Leave: see Join.
func (c *Core) Leave(now time.Time, group string, call *Call) {
	c.change(now, c.groups.Leave(c.cfg.ID, group), zre.IDLeave, group, call)
}

func (c *Core) change(now time.Time, changed bool, command zre.ID, group string, call *Call) {
	c.clock.at(now)
	c.begin(call)
	if changed {
		c.status = c.status.Next()
		m := zre.Message{ID: command, Group: []byte(group), Status: uint8(c.status)}
		for i, p := range c.order { // greeted ones too: they counted what HELLO said
			if i < atOnce {
				c.post(now, p, m, call)
			} else {
				c.postpone(now, p, m, call)
			}
		}
	}
	c.end(call)
}

// A call waits for itself until all its messages are posted.
func (c *Core) begin(call *Call) { call.waiting, call.err = 1, nil }

func (c *Core) end(call *Call) {
	if call.waiting--; call.waiting == 0 {
		call.Done(call.err)
	}
}

// post sends a message, or lets it wait behind those that wait already.
func (c *Core) post(now time.Time, p *peer, m zre.Message, call *Call) {
	if p.paced {
		c.flush(p) // order is kept
	}
	if !p.full {
		c.out = m
		if c.send(p, m.Content) {
			return
		}
	}
	c.wait(now, p, m, call)
}

// wait lets a message wait behind those that wait already.
func (c *Core) wait(now time.Time, p *peer, m zre.Message, call *Call) {
	p.told = p.told || !tellsOfUs(m.ID)
	content := make([][]byte, len(m.Content))
	for i, frame := range m.Content {
		content[i] = bytes.Clone(frame)
	}
	m.Content = content
	call.waiting++
	p.waiting = append(p.waiting, outgoing{m, call, now.Add(c.cfg.SendTimeout)})
	c.due(p)
}

// Writable says that a peer's queue has room again.
func (c *Core) Writable(now time.Time, id ID) {
	c.clock.at(now)
	p := c.peers[id]
	if p == nil {
		return
	}
	p.full = false
	c.answer(p)
	c.flush(p)
	c.due(p)
	if p.doubt == ErrUnreachable && !p.full { // it could not be asked before
		p.doubt = nil
		c.check(now, p, ErrUnreachable, c.cfg.Evasive)
	}
}

// answer sends the PING-OKs that a peer is owed, as far as there is room.
func (c *Core) answer(p *peer) {
	for p.asks > 0 && !p.full {
		c.out = zre.Message{ID: zre.IDPingOK}
		if !c.send(p, nil) {
			return
		}
		p.asks--
	}
}

// send gives c.out its sequence and hands it to the network. It reports false
// when the peer's queue is full: then nothing has happened.
func (c *Core) send(p *peer, content [][]byte) bool {
	c.out.Sequence = p.sent + 1
	var err error
	if c.octets, err = c.out.Append(c.octets[:0]); err != nil {
		c.stats.Unsendable++ // cannot be: all that goes in was checked
		return true
	}
	alone := c.sends(p, c.out.ID)
	c.frames = append(append(c.frames[:0], c.octets), content...)
	err = c.net.Send(p.id, c.frames)
	clear(c.frames)
	c.talkedTo(p)
	if errors.Is(err, zsock.ErrFull) {
		p.full = true
		return false
	}
	p.noteSent(c.out.ID, alone)
	p.told = p.told || !tellsOfUs(c.out.ID)
	p.sent++
	if err != nil { // the peer will miss its number
		c.stats.Unsendable++
		p.suspect(ErrUnreachable, c)
		return true
	}
	if c.out.ID == zre.IDWhisper || c.out.ID == zre.IDShout {
		c.stats.Sent++
		c.stats.OctetsOut += octetsOf(content)
	}
	return true
}

// tellsOfUs says whether a message tells nothing that a later HELLO does not tell too.
func tellsOfUs(id zre.ID) bool {
	switch id {
	case zre.IDHello, zre.IDJoin, zre.IDLeave:
		return true
	default:
		return isSmall(id)
	}
}
