package zmtp

import (
	"github.com/zeromq/gozyre/codecs/zsock"
)

// beginBody makes room for a body: as much as may be trusted.
func (c *conn) beginBody(size int) error {
	in := &c.in
	n := min(size, max(firstBody, in.trust))
	if err := c.hold(in.kept + int64(n)); err != nil {
		return err
	}
	in.size, in.body = size, zsock.NewBuffer(n)
	return nil
}

// growBody makes room for more of it: twice what has come, or all if that is less than thrice.
func (c *conn) growBody() error {
	in := &c.in
	if len(in.body) < cap(in.body) {
		return nil
	}
	n := in.size
	if in.size >= 3*len(in.body) {
		n = min(n, max(firstBody, in.trust, 2*len(in.body)))
	}
	if err := c.hold(in.kept + int64(cap(in.body)+n)); err != nil { // for a moment both are there
		return err
	}
	body := append(zsock.NewBuffer(n), in.body...)
	zsock.Recycle([][]byte{in.body})
	in.body = body
	return c.hold(in.kept + int64(n))
}
