package zmtp

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func (l *listener) Send(peer []byte, frames [][]byte) error {
	_, err := l.send(peer, frames, false)
	return err
}

// SendOwned is for zsock.SendOwned. Who encrypts does not keep a frame: what leaves is a copy in any case.
func (l *listener) SendOwned(peer []byte, frames [][]byte) error {
	kept, err := l.send(peer, frames, l.opts.security.Mechanism != zsock.Curve)
	if kept {
		frames = frames[:len(frames)-1]
	}
	if err == nil {
		zsock.Recycle(frames)
	}
	return err
}

func (l *listener) send(peer []byte, frames [][]byte, given bool) (kept bool, err error) {
	octets, wire, err := measure(frames)
	if err != nil {
		return false, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	switch {
	case l.closing:
		return false, zsock.ErrClosed
	case l.opts.kind == zsock.Pub:
		for c := range l.conns {
			if c.topics.match(frames[0]) {
				c.publish(frames, octets, wire)
			}
		}
		l.set.sent.Add(1)
		return false, nil
	case l.opts.kind == zsock.Sub:
		return false, fmt.Errorf("%w: a SUB cannot send", zsock.ErrInvalid)
	}
	c := l.peers[string(peer)]
	if c == nil {
		return false, zsock.ErrUnknownPeer
	}
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	kept, err = c.out.push(frames, octets, wire, given)
	switch err {
	case nil:
		if !c.spoke.Load() {
			c.spoke.Store(true)
		}
		l.set.sent.Add(1)
	case zsock.ErrClosed:
		err = zsock.ErrUnknownPeer
	case zsock.ErrFull:
		l.set.becameFull(c.out)
	}
	return kept, err
}

// publish sends to a subscriber, unless its queue is full.
func (c *conn) publish(frames [][]byte, octets int64, wire int) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.push(frames, octets, wire, false)
}
