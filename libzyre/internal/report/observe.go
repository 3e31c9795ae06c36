package report

import (
	"errors"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Observe takes what the application is told, and reports it (rfcs/zrelog, 4). Messages of the application are not reported, nor is
// what arrives of files.
func (r *Reporter) Observe(e *core.Event) {
	switch e.Type {
	case core.Enter:
		if header, collects := e.Headers[Header]; collects {
			r.meet(e.Time, e.Peer, header, e.Addr) // first, so that it hears of itself
		}
	case core.Exit:
		if errors.Is(e.Cause, core.ErrClosed) {
			return // it is us who go, and Stop says so
		}
		r.remove(e.Time, e.Peer, zsock.Link.Drop)
	}
	if len(r.to) > 0 {
		r.observe(e)
	}
}

func (r *Reporter) observe(e *core.Event) {
	switch e.Type {
	case core.Enter:
		r.data = append(append(append(r.data[:0], e.Addr...), ' '), e.Name...)
		r.about(e, zrelog.LevelInfo, zrelog.EventEnter)
	case core.Exit:
		r.data = appendCause(r.data[:0], e.Cause)
		r.about(e, levelOf(e.Cause), zrelog.EventExit)
	case core.Join:
		r.data = append(r.data[:0], e.Group...)
		r.about(e, zrelog.LevelInfo, zrelog.EventJoin)
	case core.Leave:
		r.data = append(r.data[:0], e.Group...)
		r.about(e, zrelog.LevelInfo, zrelog.EventLeave)
	case core.Evasive, core.Silent:
		r.data = append(append(append(r.data[:0], e.Type.String()...), ' '), e.Name...)
		r.about(e, zrelog.LevelWarning, 0)
	case core.Refused:
		r.data = append(append(append(r.data[:0], "REFUSED "...), e.File.Path...), ": "...)
		r.data = appendCause(r.data, e.Cause)
		r.about(e, zrelog.LevelError, 0)
	case core.Stop:
		r.stop(e)
	}
}

// about reports the data at hand, of something that concerns a peer.
func (r *Reporter) about(e *core.Event, level, event uint8) {
	if !r.tells(level) {
		return
	}
	if peer := zrelog.HashUUID(e.Peer); event == 0 {
		r.several(e.Time, level, peer)
	} else {
		r.record(e.Time, level, event, peer, r.data)
	}
}

// stop reports the node's own end.
func (r *Reporter) stop(e *core.Event) {
	level := uint8(zrelog.LevelInfo)
	r.data = append(r.data[:0], "STOP"...)
	if e.Cause != nil {
		level = zrelog.LevelError
		r.data = appendCause(append(r.data, ": "...), e.Cause)
	}
	if r.tells(level) {
		r.several(e.Time, level, 0)
	}
}

func appendCause(dst []byte, cause error) []byte {
	if cause == nil {
		return dst
	}
	return append(dst, cause.Error()...)
}

// levelOf says how serious it is that a peer has left: whoever said so, or lives on elsewhere, is no cause for concern.
func levelOf(cause error) uint8 {
	if errors.Is(cause, core.ErrGoodbye) || errors.Is(cause, core.ErrMoved) {
		return zrelog.LevelInfo
	}
	return zrelog.LevelWarning
}
