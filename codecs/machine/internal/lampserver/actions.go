// Package lampserver is an engine made of a model that has one of everything, for tests.
package lampserver

import (
	"strings"

	"github.com/zeromq/gozyre/codecs/machine"
)

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto server --codec github.com/zeromq/gozyre/codecs/machine/internal/lamp lamp_server.xml
//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto selftest --codec github.com/zeromq/gozyre/codecs/machine/internal/lamp lamp_server.xml

// actions are the hand-written part: one value for each client. They write down what was done.
type actions struct {
	done  *[]string
	saves *[]*machine.Machine // work outside that was asked for
	lamps []string
	times int // how often count raises its event again
}

// New makes an engine with these actions.
func New(cfg machine.Config) *machine.Server {
	return NewEngine(cfg, func() Actions { return &actions{done: new([]string), saves: new([]*machine.Machine)} })
}

func (a *actions) note(text string) { *a.done = append(*a.done, text) }

func (a *actions) CheckName(c *Client) {
	switch name := string(c.Request.Name); name {
	case "thief":
		c.Raise("again") // an exception takes the place of what was raised before
		c.Reply.Reason = []byte("not you")
		c.Throw(EventDenied)
	case "long": // begins a reply that is never sent: it must not reach anybody else
		c.Reply.Reason = []byte("left over")
		c.Throw("unheard of")
	}
}

func (a *actions) Welcome(c *Client) {
	if string(c.Request.Name) == "late" {
		c.Reply.Reason = []byte("too late")
		c.Throw(EventDenied)
		return
	}
	a.note("welcome " + string(c.Request.Name))
}

func (a *actions) SetLamp(c *Client) {
	switch lamp := string(c.Request.Lamp); lamp {
	case "attic":
		c.Reply.Reason = []byte("no " + lamp)
		c.Throw(EventNoLamp)
	case "stairs":
		a.times = 3
		c.Raise(EventAgain)
	case "endless":
		a.times = 1 << 30
		c.Raise(EventAgain)
	default:
		a.lamps = append(a.lamps, lamp)
	}
}

func (a *actions) Save(c *Client) { *a.saves = append(*a.saves, c.Machine) }

func (a *actions) ListLamps(c *Client) {
	if c.Request.ID != 0 {
		a.note("stale")
	}
	for _, lamp := range a.lamps {
		c.Reply.Lamps = append(c.Reply.Lamps, []byte(lamp))
	}
}

func (a *actions) Count(c *Client) {
	a.note("count")
	if a.times--; a.times > 0 {
		c.Raise(EventAgain)
	}
}

func (a *actions) Forget(c *Client) { a.note("forget " + string(c.Peer())) }

// Explain gives a reason of which there can be too much to be encoded.
func (a *actions) Explain(c *Client) {
	c.Reply.Reason = []byte("what is " + c.Request.ID.String())
	if len(c.Request.Name) > 200 {
		c.Reply.Reason = []byte(strings.Repeat("x", 256))
	}
}
