package zmtp

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// input is what a connection remembers between two reads.
type input struct {
	rest   []byte   // a header that is not whole; at first, what came behind the handshake
	body   []byte   // a frame's body that is not whole
	size   int      // of that frame's body; -1: there is none
	parts  [][]byte // the frames of a message that is not whole
	kept   int64    // what they cost
	count  int      // of frames
	octets int64    // of the message
	trust  int      // the longest body that came so far: so much may be allocated at once
	flags  byte     // of the frame that is not whole
	excess bool     // the message is too large, or nobody wants it
	long   bool     // the last frame had a long body

	first   [16]byte // what woke us
	early   int      // so many octets of it
	woken   bool     // we waited, and did not read since
	scratch *scratch // while reading
	n       int
	err     error
	drained int // octets read since a successor waits
	onWait  func(fd uintptr) bool
	onRead  func(fd uintptr) bool

	small *[512]byte // the buffer to wait with, where one cannot wait without
	more  bool       // it was full the last time

	looking bool // a successor waits, and we look for a moment whether more is on its way
}

const (
	directRead = 16 << 10 // what is missing of a body is read to its place if it is at least that
	shortRead  = 4 << 10  // who got less than that has read everything
	firstBody  = 64 << 10 // the most that is allocated for a body before it has come
	lastLook   = 20 * time.Millisecond
	maxDrain   = 8 << 20 // octets still read from a connection whose successor waits
)

// errIdle: there is nothing more to read just now.
var errIdle = errors.New("zmtp: nothing to read")

func (in *input) prepare() {
	in.size = -1
	in.onWait = func(fd uintptr) bool {
		in.early, in.err = readInto(fd, in.first[:])
		return !wouldWait(in.err)
	}
	in.onRead = func(fd uintptr) bool {
		b := in.scratch.buf[in.early:]
		if in.long {
			b = b[:shortRead] // what may be more of the kind is better read to its place
		}
		in.n, in.err = readInto(fd, b)
		return true
	}
}

// consume takes frames from what was read and hands over the messages that are whole. s may be nil.
func (c *conn) consume(data []byte, s *scratch) error {
	in := &c.in
	whole := in.size >= 0 && len(in.body) == in.size
	if len(data) == 0 && !whole {
		return nil
	}
	if s == nil {
		s = scratches.Get().(*scratch)
		defer s.free()
	}
	s.parts = append(s.parts[:0], in.parts...)
	in.parts = nil
	var err error
	if whole {
		err = c.bodyDone(s)
	}
	if err == nil {
		err = c.frames(s, data)
	}
	in.kept = 0
	if len(s.parts) > 0 {
		in.parts = slices.Clone(s.parts)
		for _, p := range s.parts {
			in.kept += partCost + int64(len(p))
		}
		clear(s.parts)
		s.parts = s.parts[:0]
	}
	// What came before a fault counts.
	if herr := c.hand(s); err == nil {
		err = herr
	}
	if herr := c.hold(in.kept + int64(cap(in.body))); err == nil { // what was handed over is held no more
		err = herr
	}
	return err
}

func (c *conn) frames(s *scratch, data []byte) error {
	in := &c.in
	for len(data) > 0 {
		if in.size >= 0 { // the body of a frame that began earlier
			if err := c.growBody(); err != nil {
				return err
			}
			n := min(len(data), in.size-len(in.body), cap(in.body)-len(in.body))
			in.body = append(in.body, data[:n]...)
			data = data[n:]
			if len(in.body) == in.size {
				if err := c.bodyDone(s); err != nil {
					return err
				}
			}
			continue
		}
		flags, size, n := byte(0), uint64(0), 0
		if len(in.rest) == 0 {
			if flags, size, n = parseHeader(data); n == 0 {
				in.rest = slices.Clone(data)
				break
			}
			data = data[n:]
		} else {
			had := len(in.rest)
			in.rest = append(in.rest, data[:min(len(data), maxHeader-had)]...)
			if flags, size, n = parseHeader(in.rest); n == 0 {
				break
			}
			data = data[n-had:]
			in.rest = nil
		}
		if err := c.checkFrame(flags, size); err != nil {
			return err
		}
		if uint64(len(data)) < size {
			if err := c.beginBody(int(size)); err != nil {
				return err
			}
			in.flags = flags
			in.body = append(in.body, data...)
			break
		}
		body := data[:size]
		in.long = false
		if err := c.frame(s, flags, body, len(data), false); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// bodyDone goes on with a body that has come in pieces.
func (c *conn) bodyDone(s *scratch) error {
	in := &c.in
	body := in.body
	in.trust = max(in.trust, in.size)
	in.long = in.size >= firstBody
	in.body, in.size = nil, -1
	return c.frame(s, in.flags, body, len(body), true)
}

// checkFrame refuses a frame by its header.
func (c *conn) checkFrame(flags byte, size uint64) error {
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&(flagMore|flagCommand) == flagMore|flagCommand {
		return fmt.Errorf("zmtp: the other end sent a frame with flags %#x", flags)
	}
	most := uint64(c.opts.maxMessage)
	if c.cipher != nil {
		most += uint64(c.cipher.overhead())
	} else if flags&flagCommand != 0 {
		most = maxCommand
	}
	if size > most {
		return fmt.Errorf("zmtp: the other end sent a frame of %d octets: at most %d are taken", size, most)
	}
	return nil
}

// frame goes on with a whole frame. remaining is how many octets of the buffer have not been looked at, the body's among
// them; owned says that the body is no part of a buffer.
func (c *conn) frame(s *scratch, flags byte, body []byte, remaining int, owned bool) error {
	if c.cipher != nil {
		dst, shared := s.room(len(body), remaining)
		plain, inner, err := c.cipher.open(dst, body)
		if err != nil {
			return err
		}
		if shared {
			s.data = plain
		}
		if owned {
			zsock.Recycle([][]byte{body})
		}
		body, flags, owned = plain[len(dst):len(plain):len(plain)], inner, true
		if flags&flagCommand == 0 && int64(len(body)) > c.opts.maxMessage {
			return fmt.Errorf("zmtp: the other end sent a frame of %d octets: at most %d are taken", len(body), c.opts.maxMessage)
		}
	}
	if flags&flagCommand != 0 {
		return c.command(body)
	}
	in := &c.in
	in.count++
	in.octets += int64(len(body))
	if !in.excess && (in.octets > c.opts.maxMessage || in.count > c.opts.maxFrames || !c.opts.reads) {
		in.excess = true
		clear(s.parts)
		s.parts = s.parts[:0]
	}
	if !in.excess {
		if !owned {
			body = s.keep(body, remaining)
		}
		s.parts = append(s.parts, body)
	} else if c.opts.kind == zsock.Pub && in.count == 1 && flags&flagMore == 0 {
		if err := c.subscribeMessage(body); err != nil {
			return err
		}
		in.count, in.octets, in.excess = 0, 0, false
		return nil
	}
	if flags&flagMore != 0 {
		return nil
	}
	excess := in.excess
	in.count, in.octets, in.excess = 0, 0, false
	if !excess && c.opts.kind == zsock.Sub && !c.opts.wants(s.parts[0]) {
		clear(s.parts)
		s.parts = s.parts[:0]
		excess = true
	}
	if excess {
		c.set.dropped.Add(1)
		return nil
	}
	if !c.spoke.Load() {
		c.spoke.Store(true)
	}
	e := c.owner.event(c)
	e.Type, e.Frames = zsock.Message, s.collect(remaining)
	s.events = append(s.events, e)
	if len(s.events) == cap(s.events) {
		return c.hand(s)
	}
	return nil
}

// hand hands over what was gathered, and waits while the inbox is full.
func (c *conn) hand(s *scratch) error {
	if len(s.events) == 0 {
		return nil
	}
	c.set.received.Add(uint64(len(s.events))) // before anybody can see them
	left := len(s.events)
	if !c.deaf.Load() || !c.alive() { // what had come before a connection broke counts
		c.handing.Store(true)
		left = c.set.turns.deliver(c, &c.deaf, s.events)
		c.handing.Store(false)
	}
	if left > 0 {
		c.set.received.Add(-uint64(left))
		c.set.lost.Add(uint64(left))
		if !c.alive() {
			return c.why()
		}
	}
	clear(s.events)
	s.events = s.events[:0]
	return nil
}
