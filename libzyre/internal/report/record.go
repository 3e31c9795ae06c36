package report

import (
	"strconv"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Text reports what an application says: in several records, if it is longer than one holds (rfcs/zrelog, 4).
func (r *Reporter) Text(at time.Time, level uint8, text string) {
	if !r.tells(level) {
		return
	}
	r.data = append(r.data[:0], text...)
	r.several(at, level, 0)
}

// Own reports that this node has joined or left a group.
func (r *Reporter) Own(at time.Time, event uint8, group string) {
	if !r.tells(zrelog.LevelInfo) {
		return
	}
	r.data = append(r.data[:0], group...)
	r.record(at, zrelog.LevelInfo, event, 0, r.data)
}

// Tick sends STATS to whom it is due.
func (r *Reporter) Tick(at time.Time) {
	if r.next.IsZero() || at.Before(r.next) {
		return
	}
	tells := r.tells(zrelog.LevelInfo)
	var counters Counters
	if tells {
		counters = r.cfg.Counters()
	}
	for _, c := range r.to {
		if at.Before(c.due) {
			continue
		}
		c.due = at.Add(statsEvery)
		r.follow(c) // it may have moved, and nobody said so
		if !tells {
			continue
		}
		r.confess(at, c)
		r.data = appendStats(r.data[:0], &counters, c.dropped)
		if r.make(at, zrelog.LevelInfo, zrelog.EventStats, 0, r.data) {
			r.send(c)
		}
	}
	r.noteChange()
}

func appendStats(dst []byte, of *Counters, dropped uint64) []byte {
	for i, field := range [...]struct {
		name  string
		value uint64
	}{
		{"peers=", uint64(of.Peers)}, {"in=", of.In}, {"out=", of.Out}, {"queue=", uint64(of.Queue)}, {"dropped=", dropped},
		{"octets-in=", of.OctetsIn}, {"octets-out=", of.OctetsOut},
	} {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendUint(append(dst, field.name...), field.value, 10)
	}
	return dst
}

// tells says whether anybody is to be told anything at a level.
func (r *Reporter) tells(level uint8) bool { return len(r.to) > 0 && level <= r.cfg.Level }

// several sends the data at hand to all, in as many records as it takes.
func (r *Reporter) several(at time.Time, level uint8, peer uint16) {
	for piece := range zrelog.Split(zrelog.Cut(r.data, zrelog.MaxText)) {
		r.record(at, level, 0, peer, piece)
	}
}

// record sends a record to all. Data that is too long is cut.
func (r *Reporter) record(at time.Time, level, event uint8, peer uint16, data []byte) {
	for _, c := range r.to {
		r.confess(at, c)
	}
	if !r.make(at, level, event, peer, data) {
		return
	}
	for _, c := range r.to {
		r.send(c)
	}
}

// make makes a record's octets.
func (r *Reporter) make(at time.Time, level, event uint8, peer uint16, data []byte) bool {
	m := &r.message
	m.Level, m.Event, m.Peer, m.Time, m.Data = level, event, peer, zrelog.TimeOf(at), zrelog.Cut(data, zrelog.MaxData)
	var err error
	r.octets, err = m.Append(r.octets[:0])
	r.frames[0] = r.octets
	return err == nil // it cannot fail: what would not fit was cut
}

// send sends the record at hand.
func (r *Reporter) send(c *collector) {
	if !r.passes(c) {
		r.stats.Dropped++
		c.dropped++
		c.untold++
		c.level = r.message.Level
	} else {
		r.stats.Records++
	}
}

// passes hands the record at hand to a collector's link, and says whether there was room.
func (r *Reporter) passes(c *collector) bool {
	if c.link.Send(r.frames[:]) != nil {
		return false
	}
	before := c.missed
	c.missed = zsock.Missed(c.link) // negative, and so no more than before, where the transport cannot tell
	return c.missed <= before
}

// confess tells a collector what was dropped, at a level that it wants, if there is room for that now.
func (r *Reporter) confess(at time.Time, c *collector) {
	if c.untold == 0 {
		return
	}
	r.note = strconv.AppendUint(append(r.note[:0], "dropped="...), c.untold, 10)
	if r.make(at, c.level, 0, 0, r.note) && r.passes(c) {
		c.untold = 0
	}
}
