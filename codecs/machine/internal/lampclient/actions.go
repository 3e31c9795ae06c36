// Package lampclient is an engine made of a model that has one of everything, for tests.
package lampclient

import (
	"errors"

	"github.com/zeromq/gozyre/codecs/machine"
)

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto client --codec github.com/zeromq/gozyre/codecs/machine/internal/lamp lamp_client.xml

var (
	errRefused = errors.New("the server refuses")
	errRange   = errors.New("a level is from 0 to 255")
)

// actions are the hand-written part.
type actions struct {
	connect *machine.Call
	sets    []*machine.Call // the server answers in order
}

func (a *actions) SayHello(h *Handle) {
	a.connect = h.Call
	h.Out.Name = []byte(h.Args.LoginName)
}

func (a *actions) AnswerConnect(h *Handle) { a.connect.Answer(nil) }

func (a *actions) RefuseConnect(h *Handle) { a.connect.Answer(errRefused) }

func (a *actions) SaySet(h *Handle) {
	if h.Args.Level > 255 {
		h.Call.Answer(errRange)
		h.Throw("out of range")
		return
	}
	a.sets = append(a.sets, h.Call)
	h.Out.Lamp, h.Out.Level = []byte(h.Args.Lamp), uint8(h.Args.Level)
}

func (a *actions) AnswerSet(h *Handle) { a.next().Answer(nil) }

func (a *actions) RefuseSet(h *Handle) {
	a.next().Answer(errors.Join(errRefused, errors.New(string(h.In.Reason))))
}

// next is the call that the server's answer is about; nil if it answers what nobody asked.
func (a *actions) next() *machine.Call {
	if len(a.sets) == 0 {
		return nil
	}
	call := a.sets[0]
	a.sets = a.sets[1:]
	return call
}

func (a *actions) AnswerLeave(h *Handle) {
	h.Call.Answer(nil)
	h.Call.Answer(errRefused) // the first answer counts
}
