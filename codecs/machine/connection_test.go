package machine

import (
	"testing"
	"testing/synctest"

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

// connect runs a connection.
func (p *play) connect() *Client {
	p.t.Helper()
	client := NewClient(Config{Heartbeat: -1, Expired: -1}, p)
	c, err := Dial(p, zsock.DialOptions{}, client, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.run(c.Run)
	return client
}

func TestUpAndDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		p.knows = []Event{Up, Down, Failed}
		p.connect()
		for _, is := range []struct {
			event zsock.EventType
			want  Event
		}{{zsock.Failed, Failed}, {zsock.Up, Up}, {zsock.Down, Down}} {
			p.event(zsock.Event{Type: is.event, Link: playLink{p: p}})
			p.heard(is.event.String(), is.want)
		}
	})
}

// A machine that stands still hears of its connection afterwards, and of much only what came first and what is so now.
func TestUpAndDownWhileFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		p.knows = []Event{Up, Down, Failed}
		p.connect()
		p.says("", say(1, 1)...)
		for _, is := range []zsock.EventType{zsock.Down, zsock.Failed, zsock.Failed, zsock.Up} {
			p.event(zsock.Event{Type: is, Link: playLink{p: p}})
		}
		p.heard("it stands still")
		p.roomFor("", 1)
		p.expect("what waited", "1")
		p.heard("afterwards", Down, Up)
		p.event(zsock.Event{Type: zsock.Down, Link: playLink{p: p}})
		p.heard("at once again", Down)
	})
}

func TestUpAndDownUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		client := p.connect()
		for _, is := range []zsock.EventType{zsock.Failed, zsock.Up, zsock.Down} {
			p.event(zsock.Event{Type: is, Link: playLink{p: p}})
		}
		if s := client.Stats(); s != (Stats{Clients: 1}) {
			t.Errorf("stats are %+v", s)
		}
	})
}
