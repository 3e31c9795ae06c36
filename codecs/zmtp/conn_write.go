package zmtp

import (
	"encoding/binary"
	"net"
)

// write is the writer's goroutine.
func (c *conn) write() {
	defer c.set.running.Done()
	q := c.out
	q.mu.Lock()
	for c.alive() {
		control, batch, from := c.next()
		if control == nil && batch == nil {
			break
		}
		q.holder = c
		q.mu.Unlock()
		n, err := from, error(nil)
		if batch != nil {
			n, err = c.transmitChunk(batch, from)
		} else {
			err = c.transmitControl(control)
		}
		if err != nil {
			c.cannotWrite(err)
		}
		q.mu.Lock()
		q.holder = nil
		switch {
		case batch == nil:
		case err != nil && n == 0 && !q.over:
			q.unpop(batch) // nothing of it has left: it can go out over the next connection
		default:
			if err != nil {
				c.set.lost.Add(uint64(batch.messages))
			}
			q.done(batch)
		}
		if err != nil {
			break
		}
	}
	c.writing = false
	if d := c.direct; d != nil && d.rest != nil { // it is dead
		c.set.lost.Add(uint64(d.rest.messages))
		q.done(d.rest)
		d.rest = nil
	}
	if next := q.conn; next != nil && next != c && (q.first != nil || next.control != nil) {
		q.start() // our successor's writer, which waited for us
	}
	if c.flushing && c.alive() {
		c.finish()
	}
	q.mu.Unlock()
}

// cannotWrite ends the connection; but while somebody waits for its end, everything that had come is read first.
func (c *conn) cannotWrite(cause error) {
	if p := c.probe.Load(); p != nil {
		p.broken.Store(true)
		p.stirred()
		return
	}
	c.kill(cause)
}

// next takes what is to be written next: what was begun, then commands, then messages. out.mu is held.
func (c *conn) next() (control []byte, batch *chunk, from int) {
	if d := c.direct; d != nil && d.rest != nil {
		batch, d.rest = d.rest, nil
		return nil, batch, d.from
	}
	if control, c.control = c.control, nil; control != nil {
		return control, nil, 0
	}
	if batch = c.out.pop(); batch != nil {
		c.owner.roomMade(c.out)
	}
	return nil, batch, 0
}

func (c *conn) transmitControl(frames []byte) error {
	if c.cipher != nil {
		frames = c.seal(nil, frames)
	}
	_, err := c.net.Write(frames)
	return err
}

// transmitChunk writes a chunk, of which so many octets have left, and says how many have then.
func (c *conn) transmitChunk(batch *chunk, left int) (int, error) {
	if batch.tail == nil {
		n, err := c.transmit(batch.b[left:])
		return left + n, err
	}
	both := net.Buffers{batch.b, batch.tail} // nothing of it has left: see writeNow, and there is no cipher: see listener.send
	n, err := both.WriteTo(c.net)
	return int(n), err
}

// transmit writes frames, and says how many octets have left when that fails.
func (c *conn) transmit(frames []byte) (n int, err error) {
	if c.cipher == nil {
		return c.net.Write(frames)
	}
	sealed := newChunk(min(len(frames)+len(frames)/2, 2*gatherChunk))
	defer sealed.free()
	for len(frames) > 0 && err == nil {
		// Many small frames become several times as long.
		some := wholeFrames(frames, gatherChunk)
		sealed.b = c.seal(sealed.b[:0], frames[:some])
		frames = frames[some:]
		var left int
		left, err = c.net.Write(sealed.b)
		n += left
	}
	return n, err
}

// wholeFrames is the length of the frames at the beginning of b that end within the first octets, and of one at least.
func wholeFrames(b []byte, octets int) int {
	at := 0
	for at < len(b) {
		_, size, n := parseHeader(b[at:])
		if at > 0 && at+n+int(size) > octets {
			break
		}
		at += n + int(size)
	}
	return at
}

// seal appends frames, encrypted.
func (c *conn) seal(dst, frames []byte) []byte {
	for len(frames) > 0 {
		flags, size, n := parseHeader(frames)
		body := frames[n : n+int(size)]
		frames = frames[n+int(size):]
		// Where the header ends depends on the body's length, which is only known exactly when it is there.
		if at := len(dst); len(body)+c.cipher.overhead() > 255 {
			dst = append(dst, make([]byte, maxHeader)...)
			dst = c.cipher.seal(dst, flags&^flagLong, body)
			dst[at] = flagLong
			binary.BigEndian.PutUint64(dst[at+1:], uint64(len(dst)-at-maxHeader))
		} else {
			dst = append(dst, 0, 0)
			dst = c.cipher.seal(dst, flags&^flagLong, body)
			dst[at+1] = byte(len(dst) - at - 2)
		}
	}
	return dst
}
