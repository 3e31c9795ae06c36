package zmtp

import "time"

const (
	directMost  = 4 << 10               // octets written by the sender itself
	directAfter = 50 * time.Microsecond // of quiet
)

// direct writes a message in the sender's goroutine: after a quiet moment nothing will gather anyway, and to wake another
// goroutine takes longer. It never waits: what the system does not take at once is the writer's. out.mu guards it.
type direct struct {
	last  time.Duration // when something was begun to be written last, since the set was opened
	quiet bool          // nothing had been begun for a moment before
	acks  acks

	rest *chunk // what the system took a part of
	from int    // where it goes on

	buf  []byte
	n    int
	err  error
	once func(fd uintptr) bool
}

// beginWriting is called before anything is written while no writer runs. out.mu is held.
func (c *conn) beginWriting() {
	d, now := c.direct, time.Since(c.set.born)
	if d == nil {
		d = &direct{last: -directAfter, acks: newAcks(c.net)}
		d.once = func(fd uintptr) bool {
			d.n, d.err = writeFrom(fd, d.buf)
			return true
		}
		c.direct = d
	}
	d.quiet, d.last = now-d.last >= directAfter, now
	d.acks.writing(now)
}

// writeNow writes the only message that is queued, if that is right and possible. out.mu is held.
func (c *conn) writeNow() (done bool) {
	q, d := c.out, c.direct
	if q.first == nil || !d.quiet || c.raw == nil || c.cipher != nil || c.control != nil || d.rest != nil || q.messages != 1 || q.first.octets() > directMost {
		return false
	}
	d.buf = q.first.b
	err := c.raw.Write(d.once)
	d.buf = nil
	if err != nil || d.err != nil || d.n == 0 {
		return false // the writer will see
	}
	batch := q.pop()
	c.owner.roomMade(q)
	if d.n < len(batch.b) {
		d.rest, d.from = batch, d.n
		return false
	}
	q.done(batch)
	return true
}
