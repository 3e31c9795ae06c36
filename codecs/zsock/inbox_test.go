package zsock_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// link tells links apart.
type link struct{ n int }

func (link) Send([][]byte) error { return nil }
func (link) Redial(string) error { return nil }
func (link) Close() error        { return nil }
func (link) Drop() error         { return nil }

func message(octets int) zsock.Event {
	return zsock.Event{Type: zsock.Message, Frames: [][]byte{make([]byte, octets)}}
}

func TestInboxKeepsOrder(t *testing.T) {
	b := zsock.NewInbox(0, 0, nil)
	b.Put(zsock.Event{Peer: []byte("1")}, zsock.Event{Peer: []byte("2")})
	b.Put(zsock.Event{Peer: []byte("3")})
	if n := b.Len(); n != 3 {
		t.Errorf("Len: got %d, want 3", n)
	}
	batch := b.Take(nil)
	b.Put(zsock.Event{Peer: []byte("4")})
	got := ""
	for _, e := range batch {
		got += string(e.Peer)
	}
	for _, e := range b.Take(batch) {
		got += string(e.Peer)
	}
	if got != "1234" {
		t.Errorf("got %s, want 1234", got)
	}
	if n := len(b.Take(nil)); n != 0 {
		t.Errorf("%d events in an empty inbox", n)
	}
}

func TestInboxReady(t *testing.T) {
	b := zsock.NewInbox(0, 0, nil)
	b.Put()
	select {
	case <-b.Ready():
		t.Error("ready with nothing in it")
	default:
	}
	b.Put(message(1))
	b.Put(message(1))
	<-b.Ready()
	select {
	case <-b.Ready():
		t.Error("ready twice for one batch")
	default:
	}
}

func TestInboxIsFullInMessages(t *testing.T) {
	rooms := 0
	b := zsock.NewInbox(3, 0, func() { rooms++ })
	if !b.Put(message(1), message(1)) {
		t.Error("full with 2 of 3")
	}
	b.Take(nil)
	if rooms != 0 {
		t.Error("room was called though nobody waits")
	}
	if b.Put(message(1), message(1), message(1)) || b.Room() != 0 {
		t.Error("not full with 3 of 3")
	}
	if b.Put(zsock.Event{Type: zsock.Writable, Link: link{}}); b.Len() != 4 {
		t.Error("a full inbox does not take what is no message")
	}
	b.Take(nil)
	b.Take(nil)
	if rooms != 1 || b.Room() != 3 {
		t.Errorf("room was called %d times, room for %d: want 1 and 3", rooms, b.Room())
	}
	if !b.Put(zsock.Event{Type: zsock.Up, Link: link{}}, zsock.Event{Type: zsock.Down, Link: link{}}, zsock.Event{Type: zsock.Failed, Link: link{}}) {
		t.Error("full with nothing but news of links in it")
	}
	if b.Put(zsock.Event{Type: zsock.Up}, zsock.Event{Type: zsock.Down}, zsock.Event{Type: zsock.Failed}) {
		t.Error("not full with 3 of 3: what strangers cause at a listener counts")
	}
}

func TestInboxTakesWhatFits(t *testing.T) {
	rooms := 0
	b := zsock.NewInbox(3, 0, func() { rooms++ })
	batch := []zsock.Event{message(1), message(2), message(3), message(4)}
	if n := b.Offer(batch[:2]); n != 2 {
		t.Errorf("took %d of 2", n)
	}
	if b.Take(nil); rooms != 0 {
		t.Error("room was called though nobody waits")
	}
	if n := b.Offer(batch[:3]); n != 3 {
		t.Errorf("took %d of 3", n)
	}
	if b.Take(nil); rooms != 1 { // it was full: somebody else may wait
		t.Error("room was not called")
	}
	if n := b.Offer(batch); n != 3 || b.Len() != 3 {
		t.Errorf("took %d of 4, %d wait: want 3", n, b.Len())
	}
	if n := b.Offer(batch); n != 0 {
		t.Errorf("took %d when full", n)
	}
	got := b.Take(nil)
	if rooms != 2 || len(got) != 3 || len(got[2].Frames[0]) != 3 {
		t.Errorf("room was called %d times, got %d events", rooms, len(got))
	}
}

// TestInboxKeepsTheLatestOfALink: a link that comes and goes while nobody looks costs no memory.
func TestInboxKeepsTheLatestOfALink(t *testing.T) {
	b := zsock.NewInbox(10, 0, nil)
	for i := range 1000 {
		for _, which := range []link{{1}, {2}} {
			b.Put(zsock.Event{Type: zsock.Up, Link: which})
			b.Put(zsock.Event{Type: zsock.Down, Link: which})
			if i == 500 {
				b.Put(zsock.Event{Type: zsock.Writable, Link: which})
			}
		}
	}
	b.Put(message(1))
	b.Put(zsock.Event{Type: zsock.Up, Link: link{1}})
	events := b.Take(nil)
	if len(events) > 16 {
		t.Errorf("%d events wait of 2 links", len(events))
	}
	writable := 0
	for _, e := range events {
		if e.Type == zsock.Writable {
			writable++
		}
	}
	last := events[len(events)-1]
	if writable != 2 || last.Type != zsock.Up || last.Link != (link{1}) {
		t.Errorf("%d writable, the last is %s of %v", writable, last.Type, last.Link)
	}
}

func TestInboxIsFullInOctets(t *testing.T) {
	b := zsock.NewInbox(1000, 10_000, nil)
	if !b.Put(message(5000)) {
		t.Error("full with half")
	}
	if b.Put(message(5000)) {
		t.Error("not full with 10,000 octets and what events cost")
	}
	b.Take(nil)
	empty := zsock.Event{Type: zsock.Message, Frames: make([][]byte, zsock.MaxFrames)}
	if b.Put(empty) {
		t.Error("empty frames cost nothing")
	}
}

// TestInboxForgetsWhatWasTaken: the batch that comes back must not keep frames alive.
func TestInboxForgetsWhatWasTaken(t *testing.T) {
	b := zsock.NewInbox(0, 0, nil)
	b.Put(message(1))
	batch := b.Take(nil)
	b.Take(batch)
	if batch[0].Frames != nil {
		t.Error("frames are kept")
	}
}

func TestInboxHandsOver(t *testing.T) {
	const n = 10_000
	room := make(chan struct{}, 1)
	b := zsock.NewInbox(10, 0, func() { room <- struct{}{} })
	var all sync.WaitGroup
	all.Go(func() {
		for i := range n {
			if !b.Put(zsock.Event{Type: zsock.Message, Peer: fmt.Append(nil, i)}) {
				<-room
			}
		}
	})
	var batch []zsock.Event
	for i := 0; i < n; {
		select {
		case <-b.Ready():
		case <-time.After(20 * time.Second):
			t.Fatalf("nothing after %d events", i)
		}
		batch = b.Take(batch)
		if len(batch) > 10 {
			t.Fatalf("%d events in an inbox of 10", len(batch))
		}
		for _, e := range batch {
			if string(e.Peer) != fmt.Sprint(i) {
				t.Fatalf("got event %s, want %d", e.Peer, i)
			}
			i++
		}
	}
	all.Wait()
}

func TestNames(t *testing.T) {
	got := fmt.Sprint(zsock.Router, zsock.Dealer, zsock.Pub, zsock.Sub, zsock.Kind(0),
		zsock.Message, zsock.Up, zsock.Down, zsock.Failed, zsock.Writable, zsock.EventType(0))
	if want := "ROUTER DEALER PUB SUB invalid message up down failed writable invalid"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A router's Writable counts no more than a link's, and is news.
func TestInboxWritableOfAPeer(t *testing.T) {
	b := zsock.NewInbox(2, 0, nil)
	room := zsock.Event{Type: zsock.Writable, Peer: []byte("joe")}
	if !b.Put(message(1), room, room) || b.Room() != 1 {
		t.Error("what is no message counts as one")
	}
	if news := b.TakeNews(nil); len(news) != 2 || news[0].Type != zsock.Writable || string(news[0].Peer) != "joe" {
		t.Errorf("got %+v as news, want that joe is writable", news)
	}
}
