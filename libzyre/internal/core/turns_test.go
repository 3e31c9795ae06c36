package core

import (
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
)

// radio writes down to whom what was sent.
type radio struct {
	nowhere
	sent map[ID][]zre.ID
}

func (r radio) Send(id ID, frames [][]byte) error {
	r.sent[id] = append(r.sent[id], zre.ID(frames[0][2]))
	return nil
}

// JOIN reaches many peers a few at a time, and what is said to one of them after it comes after it.
func TestPacing(t *testing.T) {
	c := lonely()
	r := radio{sent: make(map[ID][]zre.ID)}
	c.net = r
	const n = 3*atOnce + 1
	for i := range n {
		if !enter(c, birth, uuidOf(i), i, 0) {
			t.Fatal(i)
		}
	}
	joined := func() (count int) {
		for _, sent := range r.sent {
			if len(sent) > 1 && sent[1] == zre.IDJoin {
				count++
			}
		}
		return count
	}
	done := 0
	call := &Call{Done: func(err error) { done++ }}
	c.Join(birth, "CHAT", call)
	if joined() != atOnce || done != 0 {
		t.Fatalf("%d were told at once, done %d", joined(), done)
	}
	last := uuidOf(n - 1)
	c.Whisper(birth, last, nil, &Call{Done: func(error) {}})
	if sent := r.sent[last]; len(sent) != 3 || sent[1] != zre.IDJoin || sent[2] != zre.IDWhisper {
		t.Fatalf("the last was sent %v", sent)
	}
	for _, want := range []int{2*atOnce + 1, 3*atOnce + 1} {
		at := c.Next()
		if at.Sub(birth) > 3*betweenIt {
			t.Fatalf("the next turn is at %v", at.Sub(birth))
		}
		c.Tick(at.Add(-time.Millisecond))
		c.Tick(at)
		if joined() != want {
			t.Fatalf("at %v %d were told, not %d", at.Sub(birth), joined(), want)
		}
	}
	c.Tick(c.Next())
	if done != 1 || len(c.paced) != 0 {
		t.Errorf("done %d times, %d wait", done, len(c.paced))
	}
}
