package main

import (
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/tools/guide/nomd/internal/programtest"
)

// TestSessionIsNotInherited: who connects under the routing identity of a client that was let in is not let in himself while that
// client is there, and has to prove who he is when it is gone.
func TestSessionIsNotInherited(t *testing.T) {
	for _, stays := range []bool{true, false} {
		endpoint := programtest.Start(t, "--login=ann:geheim")
		ann := dial(t, endpoint, "ann")
		ann.say(t, "OHAI")
		ann.hear(t, "ORLY")
		ann.say(t, "YARLY", "PLAIN", "\x00ann\x00geheim")
		ann.hear(t, "OHAI-OK")
		ann.say(t, "ICANHAZ")
		ann.hear(t, "CHEEZBURGER")
		if stays {
			dial(t, endpoint, "ann").refused(t)
			ann.say(t, "ICANHAZ")
			ann.hear(t, "CHEEZBURGER")
			continue
		}
		ann.sockets.Close()
		thief := dial(t, endpoint, "ann")
		thief.say(t, "ICANHAZ") // ignored; or he would hear CHEEZBURGER first
		thief.say(t, "OHAI")
		thief.hear(t, "ORLY")
	}
}

type peer struct {
	sockets zsock.Sockets
	link    zsock.Link
	batch   []zsock.Event
}

func dial(t *testing.T, endpoint, identity string) *peer {
	t.Helper()
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sockets.Close() })
	link, err := sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint, Identity: []byte(identity)})
	if err != nil {
		t.Fatal(err)
	}
	return &peer{sockets: sockets, link: link}
}

// refused waits until the connection was.
func (p *peer) refused(t *testing.T) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case <-p.sockets.Inbox().Ready():
		case <-timeout:
			t.Fatal("not refused")
		}
		p.batch = p.sockets.Inbox().Take(p.batch)
		for i := range p.batch {
			switch p.batch[i].Type {
			case zsock.Failed, zsock.Down:
				return
			case zsock.Message:
				t.Fatalf("heard %q", p.batch[i].Frames)
			}
		}
	}
}

func (p *peer) say(t *testing.T, frames ...string) {
	t.Helper()
	var list [][]byte
	for _, f := range frames {
		list = append(list, []byte(f))
	}
	if err := p.link.Send(list); err != nil {
		t.Fatal(err)
	}
}

// hear wants that command next, heartbeats aside.
func (p *peer) hear(t *testing.T, want string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		for len(p.batch) > 0 {
			e := p.batch[0]
			p.batch = p.batch[1:]
			if e.Type != zsock.Message || string(e.Frames[0]) == "HUGZ" {
				continue
			}
			if got := string(e.Frames[0]); got != want {
				t.Fatalf("heard %s, want %s", got, want)
			}
			return
		}
		select {
		case <-p.sockets.Inbox().Ready():
			p.batch = p.sockets.Inbox().Take(nil)
		case <-deadline:
			t.Fatalf("heard nothing, want %s", want)
		}
	}
}
