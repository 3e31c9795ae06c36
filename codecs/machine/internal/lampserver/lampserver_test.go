package lampserver

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/machine/internal/lamp"
)

func selftestActions() Actions { return &actions{done: new([]string), saves: new([]*machine.Machine)} }

// world is a server whose inputs and effects are lines of text.
type world struct {
	t      *testing.T
	server *machine.Server
	now    time.Time
	done   []string // by actions
	saves  []*machine.Machine
}

func newWorld(t *testing.T, cfg machine.Config) *world {
	w := &world{t: t, now: time.Unix(1e9, 0)}
	w.server = NewEngine(cfg, func() Actions { return &actions{done: &w.done, saves: &w.saves} })
	return w
}

// octets is a message on the wire.
func octets(t *testing.T, m lamp.Message) [][]byte {
	t.Helper()
	first, err := m.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return m.AppendRest([][]byte{first})
}

// says lets a client say something and gives what follows.
func (w *world) says(peer string, m lamp.Message) string {
	w.t.Helper()
	return w.lines(w.server.Message(w.now, []byte(peer), octets(w.t, m)))
}

// after lets time pass, timer by timer, and gives what follows.
func (w *world) after(d time.Duration) string {
	w.t.Helper()
	end := w.now.Add(d)
	var lines []string
	for {
		at, ok := w.server.Deadline()
		if !ok || at.After(end) {
			w.now = end
			return strings.Join(lines, ", ")
		}
		from := w.now
		w.now = at
		if text := w.lines(w.server.Tick(at)); text != "" {
			lines = append(lines, fmt.Sprintf("after %v %s", at.Sub(end.Add(-d)), text))
		}
		if !at.After(from) && len(lines) > 1000 {
			w.t.Fatal("the timers do not go on")
		}
	}
}

func (w *world) lines(effects []machine.Effect) string {
	w.t.Helper()
	var lines []string
	for _, e := range effects {
		line := string(e.Peer) + ": "
		switch e.Type {
		case machine.Send:
			var m lamp.Message
			if err := m.Parse(e.Frames); err != nil {
				w.t.Fatal(err)
			}
			line += m.ID.String()
			if len(m.Reason) > 0 {
				line += " " + string(m.Reason)
			}
			for _, l := range m.Lamps {
				line += " " + string(l)
			}
		case machine.Ended:
			line += "ended"
		case machine.Fault:
			line += "fault " + e.Err.Error()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func (w *world) expect(what, got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func hello(name string) lamp.Message { return lamp.Message{ID: lamp.IDHello, Name: []byte(name)} }
func set(name string) lamp.Message   { return lamp.Message{ID: lamp.IDSet, Lamp: []byte(name)} }

var never = machine.Config{Heartbeat: -1, Expired: -1}

func TestConversation(t *testing.T) {
	w := newWorld(t, never)
	w.expect("actions, then the reply", w.says("a", hello("ann")), "a: WELCOME")
	w.expect("an event of the state", w.says("a", set("hall")), "a: SET-OK")
	w.expect("an inherited event", w.says("a", lamp.Message{ID: lamp.IDPing}), "a: PING-OK")
	w.expect("a named event that is inherited comes before *", w.says("b", hello("bob")), "b: WELCOME")
	w.expect("* is any other message", w.says("a", hello("ann")), "a: SORRY what is HELLO")
	w.expect("clients have a state each", w.says("b", lamp.Message{ID: lamp.IDBye}), "b: BYE, b: ended")
	if want := []string{"welcome ann", "welcome bob", "forget b"}; !slices.Equal(w.done, want) {
		t.Errorf("done is %q, want %q", w.done, want)
	}
	w.done = nil
	w.expect("defaults come before * too", w.says("a", lamp.Message{ID: lamp.IDPingOK}), "")
	w.expect("and have led to the start", w.says("a", hello("ann")), "a: WELCOME")
	w.expect("what is gone begins anew", w.says("b", lamp.Message{ID: lamp.IDPing}), "")
	if s := w.server.Stats(); s != (machine.Stats{Clients: 1, Ignored: 1}) {
		t.Errorf("stats are %+v", s)
	}
}

func TestExceptions(t *testing.T) {
	w := newWorld(t, never)
	w.expect("stops the actions and the next state; defaults handle it", w.says("a", hello("thief")), "a: SORRY not you")
	if len(w.done) > 0 {
		t.Errorf("what was raised before the exception, or stood behind it, was done: %q", w.done)
	}
	w.expect("of the last action", w.says("a", hello("late")), "a: WELCOME, a: SORRY too late")
	w.expect("so another attempt is possible", w.says("a", hello("ann")), "a: WELCOME")
	w.expect("of the state", w.says("a", set("attic")), "a: SORRY no attic")
	w.expect("and the state is the same", w.says("a", set("hall")), "a: SET-OK")
	w.expect("nobody wants it", w.says("b", hello("long")), "")
	w.expect("what it left over reaches nobody", w.says("a", set("attic")), "a: SORRY no attic")
	w.expect("neither a reply that was begun", w.says("c", hello("carl")), "c: WELCOME")
	if s := w.server.Stats(); s.Ignored != 1 {
		t.Errorf("stats are %+v, want the exception ignored", s)
	}
}

func TestRaise(t *testing.T) {
	w := newWorld(t, never)
	w.says("a", hello("ann"))
	w.done = nil
	w.expect("raised events come after", w.says("a", set("stairs")), "a: SET-OK")
	if want := []string{"count", "count", "count"}; !slices.Equal(w.done, want) {
		t.Errorf("done is %q, want %q", w.done, want)
	}
}

// Events that raise each other without end cost their own machine only.
func TestEndlessEvents(t *testing.T) {
	w := newWorld(t, never)
	w.says("a", hello("ann"))
	w.says("b", hello("bob"))
	w.expect("endless", w.says("a", set("endless")), `a: SET-OK, a: fault machine: 10000 events in a row, the last is "again": they raise each other without end, a: ended`)
	w.expect("the other", w.says("b", set("hall")), "b: SET-OK")
}

// Slow work is done outside, and its end is an event for the machine that began it.
func TestWorkOutside(t *testing.T) {
	w := newWorld(t, never)
	status := lamp.Message{ID: lamp.IDStatus}
	w.says("a", hello("ann"))
	w.says("a", set("hall"))
	w.says("a", set("attic"))
	w.saves = nil
	w.expect("begin", w.says("a", status), "")
	w.expect("meanwhile", w.says("a", set("hall")), "a: SORRY what is SET")
	w.expect("end", w.lines(w.server.Resume(w.now, w.saves[0], EventSaved)), "a: STATUS hall")
	w.expect("twice", w.lines(w.server.Resume(w.now, w.saves[0], EventSaved)), "")
	w.expect("begin", w.says("a", status), "")
	w.expect("end, by name", w.lines(w.server.Event(w.now, []byte("a"), EventSaved)), "a: STATUS hall")
	w.expect("of nobody", w.lines(w.server.Event(w.now, []byte("x"), EventSaved)), "")
	w.says("a", status)
	w.says("a", lamp.Message{ID: lamp.IDBye})
	w.says("a", hello("ann"))
	w.says("a", status)
	w.expect("the end comes too late, and the client has another machine that waits", w.lines(w.server.Resume(w.now, w.saves[2], EventSaved)), "")
	w.expect("which gets its own", w.lines(w.server.Resume(w.now, w.saves[3], EventSaved)), "a: STATUS")
	if slices.Contains(w.done, "stale") {
		t.Error("an event that comes from no message sees one")
	}
}

func TestTimers(t *testing.T) {
	w := newWorld(t, machine.Config{Heartbeat: time.Second, Expired: 3500 * time.Millisecond})
	w.expect("no timer without clients", w.after(time.Hour), "")
	w.says("a", hello("ann"))
	w.expect("silent", w.after(2500*time.Millisecond), "after 1s a: PING, after 2s a: PING")
	w.says("b", hello("bob"))
	w.says("a", lamp.Message{ID: lamp.IDPing})
	w.expect("heard", w.after(time.Second), "after 1s b: PING, a: PING")
	w.says("b", lamp.Message{ID: lamp.IDPing})
	w.done = nil
	w.expect("quiet", w.after(3*time.Second), "after 1s a: PING, b: PING, after 2s a: PING, b: PING, after 2.5s a: BYE, a: ended, after 3s b: PING")
	if want := []string{"forget a"}; !slices.Equal(w.done, want) {
		t.Errorf("done is %q, want %q", w.done, want)
	}
	w.expect("the other too", w.after(time.Hour), "after 500ms b: BYE, b: ended")
	if at, ok := w.server.Deadline(); ok {
		t.Errorf("a timer is left: %v", at)
	}
	if s := w.server.Stats(); s != (machine.Stats{Expired: 2}) {
		t.Errorf("stats are %+v", s)
	}
	w.says("a", hello("ann"))
	w.expect("late, but not made up for", w.lines(w.server.Tick(w.now.Add(3400*time.Millisecond))), "a: PING")
	w.expect("gone for good", w.lines(w.server.Gone(w.now, []byte("a"))), "a: BYE, a: ended")
	w.expect("once", w.lines(w.server.Gone(w.now, []byte("a"))), "")
}

func TestMalformed(t *testing.T) {
	w := newWorld(t, never)
	broken := octets(t, set("hall"))
	broken[0] = append(broken[0], 0)
	other := octets(t, set("hall"))
	other[0][1] = 0xA8
	w.expect("from a stranger", w.lines(w.server.Message(w.now, []byte("a"), broken)), "a: SORRY what is ID(0), a: ended")
	w.expect("no frames", w.lines(w.server.Message(w.now, []byte("a"), nil)), "a: SORRY what is ID(0), a: ended")
	w.expect("from a stranger of another protocol", w.lines(w.server.Message(w.now, []byte("a"), other)), "")
	w.says("a", hello("ann"))
	w.expect("of another protocol", w.lines(w.server.Message(w.now, []byte("a"), other)), "")
	w.expect("an event", w.lines(w.server.Message(w.now, []byte("a"), broken)), "a: SORRY what is ID(0), a: ended")
	if s := w.server.Stats(); s != (machine.Stats{Malformed: 5}) {
		t.Errorf("stats are %+v", s)
	}
}

// A reply that hand-written code made wrong is not sent, and says so.
func TestFault(t *testing.T) {
	w := newWorld(t, never)
	w.says("a", hello("ann"))
	w.expect("too long", w.says("a", hello(strings.Repeat("x", 201))), "a: fault SORRY reason: the value is longer than its encoding can say")
	w.expect("nothing is left of it", w.says("a", set("hall")), "a: SET-OK")
	if s := w.server.Stats(); s.Faults != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestNumberOfClients(t *testing.T) {
	w := newWorld(t, machine.Config{MaxClients: 2, Heartbeat: -1})
	for i := range 100 { // machines of strangers that say what means nothing are not kept
		w.says(fmt.Sprint("stranger", i), lamp.Message{ID: lamp.IDPing})
	}
	w.expect("first", w.says("a", hello("ann")), "a: WELCOME")
	w.expect("second", w.says("b", hello("bob")), "b: WELCOME")
	w.expect("too many", w.says("c", hello("carl")), "")
	w.expect("who is in stays in", w.says("a", set("hall")), "a: SET-OK")
	if s := w.server.Stats(); s != (machine.Stats{Clients: 2, Ignored: 100, Refused: 1}) {
		t.Errorf("stats are %+v", s)
	}
	w.says("b", lamp.Message{ID: lamp.IDBye})
	w.expect("there is room again", w.says("c", hello("carl")), "c: WELCOME")
}

// The identity of a client is ours: a transport may reuse its memory.
func TestIdentityIsCopied(t *testing.T) {
	w := newWorld(t, machine.Config{Heartbeat: time.Second})
	peer := []byte("a")
	w.server.Message(w.now, peer, octets(t, hello("ann")))
	peer[0] = 'x'
	w.expect("a message", w.says("a", set("hall")), "a: SET-OK")
}

func TestInputsOfActions(t *testing.T) {
	var s *machine.Server
	s = NewEngine(never, func() Actions { return recursive{&s} })
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "raise an event instead") {
			t.Errorf("an action gives its engine an input, and that says %q", text)
		}
	}()
	s.Message(time.Time{}, []byte("a"), octets(t, hello("ann")))
}

type recursive struct{ s **machine.Server }

func (r recursive) CheckName(*Client) { (*r.s).Event(time.Time{}, []byte("a"), EventAgain) }
func (recursive) Welcome(*Client)     {}
func (recursive) SetLamp(*Client)     {}
func (recursive) Save(*Client)        {}
func (recursive) ListLamps(*Client)   {}
func (recursive) Count(*Client)       {}
func (recursive) Forget(*Client)      {}
func (recursive) Explain(*Client)     {}

// Whatever comes in, the engine keeps its promises: no panic, no client too many, no timer of who is gone.
func FuzzServer(f *testing.F) {
	f.Add([]byte{0, 1, 2, 1, 5, 9, 3, 8})
	f.Fuzz(func(t *testing.T, inputs []byte) {
		saves := []*machine.Machine{}
		s := NewEngine(machine.Config{MaxClients: 3, Expired: 5 * time.Second}, func() Actions { return &actions{done: new([]string), saves: &saves} })
		now := time.Unix(0, 0)
		alive := map[string]bool{}
		for len(inputs) >= 2 {
			kind, peer := inputs[0], []byte{'a' + inputs[1]%5}
			inputs = inputs[2:]
			var effects []machine.Effect
			switch {
			case kind < 16:
				m := lamp.Message{ID: lamp.ID(kind%9 + 1), Name: []byte("ann"), Lamp: []byte("hall")}
				effects = s.Message(now, peer, octets(t, m))
			case kind < 32:
				n := min(int(kind-16), len(inputs))
				effects = s.Message(now, peer, [][]byte{append([]byte{0xAA, 0xA9}, inputs[:n]...)})
				inputs = inputs[n:]
			case kind < 48:
				now = now.Add(time.Duration(kind-32) * 250 * time.Millisecond)
				effects = s.Tick(now)
			case kind < 64 && len(saves) > 0:
				effects = s.Resume(now, saves[int(kind)%len(saves)], EventSaved)
			case kind < 80:
				effects = s.Gone(now, peer)
			}
			for _, e := range effects {
				if e.Type == machine.Ended && s.Stats().Clients > 2 {
					t.Fatal("a machine that has ended still counts")
				}
			}
			alive[string(peer)] = true
			if c := s.Stats().Clients; c > 3 || c > len(alive) {
				t.Fatalf("%d clients", c)
			}
			if at, ok := s.Deadline(); ok != (s.Stats().Clients > 0) || ok && at.After(now.Add(time.Second)) {
				t.Fatalf("%d clients, and the next timer is %v, %v at %v", s.Stats().Clients, at, ok, now)
			}
		}
	})
}
