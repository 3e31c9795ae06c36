package core

import (
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/groups"
)

// command is a message of a peer that is ready, on its way to what it does: a
// method for each message of the protocol's model.
type command struct {
	c      *Core
	now    time.Time
	p      *peer
	frames [][]byte
}

var _ zre.Handler = (*command)(nil)

// OnHello has nothing to do: Message deals with HELLO before it asks who is ready.
func (h *command) OnHello(*zre.Message) {}

// OnWhisper tells the application.
func (h *command) OnWhisper(*zre.Message) {
	h.content()
	h.c.tell(h.now, h.p, Event{Type: Whisper, Msg: h.frames[1:]})
}

// OnShout tells the application, if we are in the group still.
func (h *command) OnShout(m *zre.Message) {
	h.content()
	group := h.c.groups.Intern(m.Group)
	if !h.c.groups.In(h.c.cfg.ID, group) {
		h.c.stats.Unexpected++ // we have just left it
		return
	}
	h.c.tell(h.now, h.p, Event{Type: Shout, Group: group, Msg: h.frames[1:]})
}

// content counts a message of the application. It proves that the peer's connection works.
func (h *command) content() {
	h.p.proven, h.p.redialed = true, false
	h.c.stats.Received++
	h.c.stats.OctetsIn += octetsOf(h.frames[1:])
}

// OnJoin takes the peer into a group.
func (h *command) OnJoin(m *zre.Message) {
	if !h.follows(m) {
		return
	}
	octets := HeaderOverhead + len(m.Group)
	if h.c.groups.Count(h.p.id) >= h.c.cfg.Limits.Groups || !h.c.holds(h.p.held+octets, octets) {
		h.c.exit(h.now, h.p, ErrMisbehaved)
		return
	}
	if group := string(m.Group); h.c.groups.Join(h.p.id, group) {
		h.c.hold(h.p, octets)
		h.c.tell(h.now, h.p, Event{Type: Join, Group: group})
	}
}

// OnLeave takes the peer out of a group.
func (h *command) OnLeave(m *zre.Message) {
	if !h.follows(m) {
		return
	}
	if group := string(m.Group); h.c.groups.Leave(h.p.id, group) {
		h.c.hold(h.p, -HeaderOverhead-len(m.Group))
		h.c.tell(h.now, h.p, Event{Type: Leave, Group: group})
	}
}

// follows takes the status of a JOIN or LEAVE, which shows whether one was missed.
func (h *command) follows(m *zre.Message) bool {
	status := groups.Status(m.Status)
	if !status.Follows(h.p.status) {
		h.c.again(h.now, h.p, ErrLost)
		return false
	}
	h.p.status = status
	if len(m.Group) == 0 {
		h.c.stats.Malformed++
		return false
	}
	return true
}

// OnPing answers.
func (h *command) OnPing(*zre.Message) {
	h.p.asks = min(h.p.asks+1, maxPings)
	h.c.answer(h.p)
}

// OnPingOK takes an answer.
func (h *command) OnPingOK(*zre.Message) { h.c.pong(h.now, h.p) }

// OnElect and OnLeader count: we hold no elections.
func (h *command) OnElect(*zre.Message) { h.c.stats.Unexpected++ }

// OnLeader as OnElect.
func (h *command) OnLeader(*zre.Message) { h.c.stats.Unexpected++ }

// OnGoodbye ends the peer's life.
func (h *command) OnGoodbye(*zre.Message) { h.c.exit(h.now, h.p, ErrGoodbye) }
