package machine

import (
	"container/list"
	"time"
)

// timed is a machine's place in the timers.
type timed struct {
	beat, quiet     *list.Element // nil: that timer is off
	beatAt, quietAt time.Time
}

// timers knows which machines are due. Every machine has the same intervals and time only grows, so who is set anew is due
// last: two lists are always in order.
type timers struct {
	heartbeat, expired time.Duration
	beats, quiets      list.List // of *Machine
}

// heard sets both timers of a machine anew.
func (t *timers) heard(m *Machine, now time.Time) {
	t.waitBeat(m, now)
	if t.expired > 0 {
		m.timers.quietAt = now.Add(t.expired)
		m.timers.quiet = last(&t.quiets, m.timers.quiet, m)
	}
}

func (t *timers) waitBeat(m *Machine, now time.Time) {
	if t.heartbeat > 0 {
		m.timers.beatAt = now.Add(t.heartbeat)
		m.timers.beat = last(&t.beats, m.timers.beat, m)
	}
}

func last(l *list.List, e *list.Element, m *Machine) *list.Element {
	if e == nil {
		return l.PushBack(m)
	}
	l.MoveToBack(e)
	return e
}

// remove takes a machine out.
func (t *timers) remove(m *Machine) {
	if m.timers.beat != nil {
		t.beats.Remove(m.timers.beat)
	}
	if m.timers.quiet != nil {
		t.quiets.Remove(m.timers.quiet)
	}
	m.timers = timed{}
}

// deadline is when the next timer is due; false if none is set.
func (t *timers) deadline() (at time.Time, ok bool) {
	if e := t.beats.Front(); e != nil {
		at, ok = e.Value.(*Machine).timers.beatAt, true
	}
	if e := t.quiets.Front(); e != nil {
		if q := e.Value.(*Machine).timers.quietAt; !ok || q.Before(at) {
			at, ok = q, true
		}
	}
	return at, ok
}

// nextExpired gives a machine that was quiet for too long, or nil.
func (t *timers) nextExpired(now time.Time) *Machine {
	if e := t.quiets.Front(); e != nil {
		if m := e.Value.(*Machine); !m.timers.quietAt.After(now) {
			return m
		}
	}
	return nil
}

// nextBeat gives a machine whose heartbeat is due, or nil.
func (t *timers) nextBeat(now time.Time) *Machine {
	if e := t.beats.Front(); e != nil {
		if m := e.Value.(*Machine); !m.timers.beatAt.After(now) {
			return m
		}
	}
	return nil
}
