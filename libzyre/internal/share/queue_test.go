package share

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

func paths(events []core.Event) (all []string) {
	for _, e := range events {
		all = append(all, e.Name+" "+e.File.Path)
	}
	return all
}

func event(t core.EventType, peer byte, path string) core.Event {
	return core.Event{Type: t, Peer: core.ID{peer}, File: &core.File{Path: path}}
}

// Events are told between a peer's Enter and its Exit only: what comes too early waits, and what comes too late waits for the next time.
func TestQueueOrder(t *testing.T) {
	q := newQueue()
	q.put(event(core.Sent, 1, "receipt before hello"))
	q.put(event(core.Progress, 1, "of no use"))
	q.put(event(core.Refused, 1, "of no use"))
	q.enter(core.ID{1}, "one", "")
	q.enter(core.ID{2}, "two", "")
	q.put(event(core.Deliver, 2, "x"))
	q.put(event(core.Deliver, 1, "y"))
	q.put(event(core.Deliver, 2, "z"))
	if got, want := paths(q.take(1)), []string{"one receipt before hello"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got, want := paths(q.exit(core.ID{2})), []string{"two x", "two z"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	q.put(event(core.Deliver, 2, "late"))
	if got, want := paths(q.take(10)), []string{"one y"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	q.enter(core.ID{2}, "two again", "")
	if got, want := paths(q.take(10)), []string{"two again late"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := q.take(10); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// A reader that reads nothing, and strangers who say that they are somebody, cost a bounded memory, and no file of others is lost for them.
func TestQueueBounds(t *testing.T) {
	q := newQueue()
	q.put(event(core.Deliver, 7, "file"))
	began := time.Now()
	stranger := func(peer int, path string, at time.Duration) {
		e := event(core.Sent, 0, path)
		e.Peer, e.Time = core.ID{byte(peer), byte(peer >> 8), 1}, began.Add(at)
		q.put(e)
	}
	for i := range earlyPeers + 5 {
		for range 3 {
			stranger(i, "x", 0)
		}
	}
	if waiting, dropped := q.stats(); waiting != earlyPeers+1 || dropped != 5 {
		t.Errorf("%d wait, %d dropped", waiting, dropped)
	}
	stranger(1000, "late", earlyTime+1)
	if waiting, dropped := q.stats(); waiting != 2 || dropped != 5 {
		t.Errorf("%d wait, %d dropped", waiting, dropped)
	}
	for i := range earlyFiles + 3 {
		stranger(1001, fmt.Sprint(i), earlyTime+1)
	}
	if waiting, dropped := q.stats(); waiting != earlyFiles+1 || dropped != 9 {
		t.Errorf("%d wait, %d dropped", waiting, dropped)
	}
	for i := range mostEarly + 5 {
		q.put(event(core.Deliver, 9, fmt.Sprint(i)))
	}
	if len(q.late) != mostEarly || q.late[0].File.Path != "5" || q.dropped != 9+6 {
		t.Errorf("%d, the first is %q, %d dropped", len(q.late), q.late[0].File.Path, q.dropped)
	}
	q.enter(core.ID{1}, "", "")
	for i := range mostSent + 7 {
		q.put(event(core.Sent, 1, fmt.Sprint(i)))
	}
	if len(q.sent) != mostSent || q.dropped != 9+6+7 {
		t.Errorf("%d, %d dropped", len(q.sent), q.dropped)
	}
	q.put(event(core.Deliver, 1, "file"))
	if !q.roomy() || !slices.Contains(paths(q.take(2)), " file") {
		t.Error("what others have holds files up")
	}
}

// That a peer has a file is told once, until the file is another one, is published anew, or the peer comes anew.
func TestSentOnce(t *testing.T) {
	q := newQueue()
	put := func(digest, group string) {
		e := event(core.Sent, 1, "x")
		e.Group, e.File.Digest = group, []byte(digest)
		q.put(e)
	}
	told := func(want int) {
		t.Helper()
		if got := len(q.take(10)); got != want {
			t.Errorf("%d were told, want %d", got, want)
		}
	}
	put("a", "")
	put("a", "") // before its HELLO
	q.enter(core.ID{1}, "", "")
	put("a", "")
	told(1)
	put("a", "")
	told(0)
	put("b", "")
	put("a", "")
	put("a", "g")
	told(3)
	q.retract("g", "x")
	put("a", "")
	put("a", "g")
	told(1)
	q.exit(core.ID{1})
	q.enter(core.ID{1}, "", "")
	put("a", "")
	told(1)
}

// Files wait for room, each of those who wait gets his turn, and who leaves waits no longer.
func TestQueueRoom(t *testing.T) {
	q := newQueue()
	q.enter(core.ID{1}, "", "")
	for range queueRoom {
		q.put(event(core.Deliver, 1, "x"))
	}
	const waiting = 5
	done, leaving := make(chan error), make(chan struct{})
	for range waiting {
		go func() {
			q.putInTurn(event(core.Deliver, 1, "y"), leaving)
			done <- nil
		}()
	}
	for range waiting {
		go func() {
			q.putInTurn(event(core.Deliver, 1, "y"), nil)
			done <- errors.New("this one does not leave")
		}()
	}
	close(leaving)
	for range waiting {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-done:
		t.Fatal(err)
	default:
	}
	q.take(1000) // once
	for range waiting {
		<-done
	}
}
