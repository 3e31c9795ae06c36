package machine

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// narrow is a link with room for nothing at first, and then, before anybody is told, for everything.
type narrow struct {
	zsock.Link
	tried bool
	sent  []string
}

func (n *narrow) Send(frames [][]byte) error {
	if !n.tried {
		n.tried = true
		return zsock.ErrFull
	}
	n.sent = append(n.sent, string(frames[0]))
	return nil
}

// What comes later must not overtake what waits for room.
func TestNothingOvertakes(t *testing.T) {
	link := &narrow{}
	c := &Connection{link: link}
	for _, text := range []string{"1", "2"} {
		c.send([][]byte{[]byte(text)})
	}
	if len(c.unsent) != 2 || len(link.sent) > 0 {
		t.Errorf("%d messages wait, and %q were sent", len(c.unsent), link.sent)
	}
}
