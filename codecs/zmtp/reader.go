package zmtp

import (
	"errors"
	"io"
	"os"
	"time"
)

// Reading takes turns: a goroutine that has read ends when there is nothing more. Then the connection sleeps, or it leaves behind one
// that only waits. That one's stack is of the smallest kind; it grows by reading.

// startReading begins, with what came behind the handshake if there is something.
func (c *conn) startReading() {
	if c.raw == nil || c.in.rest != nil {
		go c.reader()
	} else {
		c.begun = true
		c.rest()
	}
}

// wait is the goroutine that waits until there is something to read.
//
// A goroutine begins with as large a stack as all needed on the average when the collector looked last, and keeps it. So
// those of the handshake, which are many in the rush in which everybody connects to everybody, have to need little too.
func (c *conn) wait() {
	if err := c.raw.Read(c.in.onWait); err != nil {
		c.in.err = err
	}
	c.in.woken = true
	c.read()
}

// read is the goroutine that reads.
func (c *conn) read() {
	err := c.receive()
	if err == errIdle {
		c.rest()
		return
	}
	c.kill(err)
	c.letGo()
	c.set.sleepers.leave(c)
	c.owner.connEnded(c, c.why())
	c.set.running.Done()
}

func (c *conn) receive() error {
	in := &c.in
	if !c.begun {
		c.begun = true
		rest := in.rest
		in.rest = nil
		if err := c.consume(rest, nil); err != nil {
			return err
		}
	}
	for {
		n, err := c.fill()
		if n > 0 {
			if w := c.watch.Load(); w != nil {
				w.heard()
			}
			if p := c.probe.Load(); p != nil {
				p.stirred()
			}
		}
		if c.draining.Load() {
			over := errors.Is(err, os.ErrDeadlineExceeded)
			if over {
				err = nil // drain woke us, or the last look is over
			}
			in.drained += n
			switch {
			case over && in.looking, in.drained > maxDrain:
				return errReplaced // everything that had come was read
			case in.looking:
			case err == errIdle, c.raw == nil:
				in.looking = true
				c.net.SetReadDeadline(time.Now().Add(lastLook))
			default:
				c.net.SetReadDeadline(time.Time{})
			}
		} else if errors.Is(err, os.ErrDeadlineExceeded) {
			err = c.calm()
		}
		if err != nil {
			return err
		}
	}
}

// fill reads once and hands over what is whole. It says how much that was.
func (c *conn) fill() (n int, err error) {
	in := &c.in
	if in.size-len(in.body) >= directRead && in.size >= 0 && in.early == 0 && !c.draining.Load() {
		return c.fillBody()
	}
	if c.raw == nil {
		return c.fillWaiting()
	}
	if err := in.err; err != nil { // that woke us
		in.err = nil
		return 0, err
	}
	// Who has nothing to hand over need not wait, nor who was woken by the end.
	if in.early > 0 || !in.woken {
		c.pause()
	}
	in.woken = false
	s := scratches.Get().(*scratch)
	defer s.free()
	in.scratch = s
	had := copy(s.buf[:], in.first[:in.early])
	err = c.raw.Read(in.onRead)
	in.scratch, in.early = nil, 0
	if err == nil {
		err = in.err
	}
	n, in.n, in.err = had+in.n, 0, nil
	switch {
	case wouldWait(err), err == nil && n > had && n < shortRead:
		err = errIdle
	case err == nil && n == had:
		err = io.EOF
	}
	if cerr := c.consume(s.buf[:n], s); cerr != nil {
		err = cerr
	}
	return n, err
}

// pause waits while there is no room for what may be read next.
func (c *conn) pause() {
	if c.opts.reads {
		c.handing.Store(true)
		c.set.turns.pause(c, &c.deaf)
		c.handing.Store(false)
	}
}

// fillBody reads to where a long body is to be.
func (c *conn) fillBody() (n int, err error) {
	in := &c.in
	c.pause()
	if err := c.growBody(); err != nil {
		return 0, err
	}
	n, err = c.net.Read(in.body[len(in.body):min(cap(in.body), in.size)])
	in.body = in.body[:len(in.body)+n]
	if len(in.body) == in.size {
		if cerr := c.consume(nil, nil); cerr != nil {
			return n, cerr
		}
	}
	return n, err
}

// fillWaiting is for connections that one cannot wait on without a buffer: it waits with a small one, and takes a large one
// when that was not enough.
func (c *conn) fillWaiting() (n int, err error) {
	in := &c.in
	if in.more {
		s := scratches.Get().(*scratch)
		defer s.free()
		n, err = c.net.Read(s.buf[:])
		in.more = n >= len(in.small)
		if cerr := c.consume(s.buf[:n], s); cerr != nil {
			return n, cerr
		}
		return n, err
	}
	if in.small == nil {
		in.small = new([512]byte)
	}
	n, err = c.net.Read(in.small[:])
	in.more = n == len(in.small)
	if cerr := c.consume(in.small[:n], nil); cerr != nil {
		return n, cerr
	}
	return n, err
}
