package lampclient

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/machine/internal/lamp"
)

// world is a client whose effects are lines of text; calls have numbers.
type world struct {
	t      *testing.T
	engine *Engine
	now    time.Time
	calls  map[*machine.Call]int
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, now: time.Unix(1e9, 0), calls: map[*machine.Call]int{},
		engine: NewEngine(machine.Config{Heartbeat: time.Second, Expired: 2500 * time.Millisecond}, &actions{}),
	}
}

func octets(t *testing.T, m lamp.Message) [][]byte {
	t.Helper()
	first, err := m.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return m.AppendRest([][]byte{first})
}

func (w *world) says(id lamp.ID) string {
	w.t.Helper()
	return w.lines(w.engine.Message(w.now, octets(w.t, lamp.Message{ID: id, Reason: []byte("so")})))
}

func (w *world) calling(call *machine.Call, effects []machine.Effect) string {
	w.t.Helper()
	w.calls[call] = len(w.calls) + 1
	return w.lines(effects)
}

func (w *world) connect() string { w.t.Helper(); return w.calling(w.engine.Connect(w.now, "joe")) }

func (w *world) set(level uint64) string {
	w.t.Helper()
	return w.calling(w.engine.SetLevel(w.now, "hall", level))
}

// after lets time pass, timer by timer.
func (w *world) after(d time.Duration) string {
	w.t.Helper()
	end := w.now.Add(d)
	var lines []string
	for range 10_000 {
		at, ok := w.engine.Deadline()
		if !ok || at.After(end) {
			w.now = end
			return strings.Join(lines, ", ")
		}
		w.now = at
		if text := w.lines(w.engine.Tick(at)); text != "" {
			lines = append(lines, fmt.Sprintf("after %v %s", at.Sub(end.Add(-d)), text))
		}
	}
	w.t.Fatal("the timers do not go on")
	return ""
}

func (w *world) lines(effects []machine.Effect) string {
	w.t.Helper()
	var lines []string
	for _, e := range effects {
		switch e.Type {
		case machine.Send:
			var m lamp.Message
			if err := m.Parse(e.Frames); err != nil {
				w.t.Fatal(err)
			}
			text := m.ID.String()
			if m.ID == lamp.IDHello || m.ID == lamp.IDSet {
				text += fmt.Sprintf(" %s%s %d", m.Name, m.Lamp, m.Level)
			}
			lines = append(lines, text)
		case machine.Answered:
			lines = append(lines, fmt.Sprintf("%d: %v", w.calls[e.Call], e.Err))
		case machine.Ended:
			lines = append(lines, "ended")
		case machine.Fault:
			lines = append(lines, "fault "+e.Err.Error())
		}
	}
	return strings.Join(lines, ", ")
}

func (w *world) expect(what, got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestCalls(t *testing.T) {
	w := newWorld(t)
	_, effects := w.engine.SetLevel(w.now, "hall", 1)
	if len(effects) != 1 || !errors.Is(effects[0].Err, machine.ErrUnexpected) ||
		effects[0].Err.Error() != `machine: not now: set level cannot be called in the state "start"` {
		t.Errorf("a call in a state that does not know it: got %v", effects)
	}
	w.expect("a call", w.connect(), "HELLO joe 0")
	w.expect("its answer", w.says(lamp.IDWelcome), "1: <nil>")
	w.expect("two calls", w.set(7), "SET hall 7")
	w.expect("at a time", w.set(8), "SET hall 8")
	w.expect("the first", w.says(lamp.IDSetOK), "2: <nil>")
	w.expect("refused", w.says(lamp.IDSorry), "3: the server refuses\nso")
	w.expect("answers that nobody asked for", w.says(lamp.IDSetOK), "")
	call, effects := w.engine.SetLevel(w.now, "hall", 256)
	if len(effects) != 1 || effects[0].Call != call || !errors.Is(effects[0].Err, errRange) {
		t.Errorf("an exception, and an answer at once: got %v", effects)
	}
	w.expect("a message", w.says(lamp.IDPing), "PING-OK")
	w.expect("one that means nothing", w.says(lamp.IDHello), "")
	w.expect("a call that waits", w.set(9), "SET hall 9")
	w.expect("another", w.set(10), "SET hall 10")
	abandoned, _ := w.engine.SetLevel(w.now, "hall", 11)
	w.engine.Abandon(abandoned)
	w.expect("the end answers each call once", w.calling(w.engine.Leave(w.now)), "BYE, 6: <nil>, 4: machine: closed, 5: machine: closed, ended")
	w.expect("a call after the end", w.lines(second(w.engine.Connect(w.now, "joe"))), "0: machine: closed")
	w.expect("a message after the end", w.says(lamp.IDPing), "")
	w.expect("time after the end", w.after(time.Hour), "")
	if at, ok := w.engine.Deadline(); ok {
		t.Errorf("a timer is left: %v", at)
	}
	w.expect("the end of the end", w.lines(w.engine.Close(w.now)), "")
	if s := w.engine.Stats(); s != (machine.Stats{Ignored: 2}) { // HELLO, and the exception
		t.Errorf("stats are %+v", s)
	}
}

func second(_ *machine.Call, effects []machine.Effect) []machine.Effect { return effects }

func TestSilence(t *testing.T) {
	w := newWorld(t)
	w.expect("before there is a conversation", w.after(time.Hour), "")
	w.expect("a call", w.connect(), "HELLO joe 0")
	w.expect("no answer", w.after(time.Hour), "after 2.5s 1: the server refuses")
	w.expect("another attempt", w.connect(), "HELLO joe 0")
	w.expect("in time", w.after(2*time.Second), "")
	w.expect("its answer", w.says(lamp.IDWelcome), "2: <nil>")
	w.expect("silent", w.after(2*time.Second), "after 1s PING, after 2s PING")
	w.expect("heard", w.says(lamp.IDPingOK), "")
	w.expect("quiet", w.after(time.Hour), "after 1s PING, after 2s PING") // and back to the start
	w.expect("back at the start", w.connect(), "HELLO joe 0")
	w.expect("closed", w.lines(w.engine.Close(w.now)), "3: machine: closed, ended")
}

func TestMalformed(t *testing.T) {
	w := newWorld(t)
	w.connect()
	w.expect("of another protocol", w.lines(w.engine.Message(w.now, [][]byte{{1, 2, 3}})), "")
	w.expect("an event", w.lines(w.engine.Message(w.now, [][]byte{{0xAA, 0xA9, 3}})), "1: machine: closed, ended")
	if s := w.engine.Stats(); s != (machine.Stats{Malformed: 2}) {
		t.Errorf("stats are %+v", s)
	}
}

// Who answers from outside of an action would answer nobody.
func TestAnswerOutside(t *testing.T) {
	w := newWorld(t)
	call, _ := w.engine.Connect(w.now, "joe")
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "give the engine an event instead") {
			t.Errorf("an answer from outside says %q", text)
		}
	}()
	call.Answer(nil)
}
