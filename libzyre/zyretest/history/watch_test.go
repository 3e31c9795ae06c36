package history

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Two processes, as it were: each writes lines, which are read as they come.
func TestRecordAndCollect(t *testing.T) {
	l := Collect(New(Config{}), 0)
	alice, bob := number(0), number(1)
	var readers sync.WaitGroup
	process := func() (*Recorder, io.Closer) {
		in, out := io.Pipe()
		encoder := json.NewEncoder(out)
		readers.Go(func() {
			if err := l.Read(in); err != nil {
				t.Error(err)
			}
		})
		return NewRecorder(func(o Observation) {
			if err := encoder.Encode(o); err != nil {
				t.Error(err)
			}
		}), out
	}
	a, closeA := process()
	b, closeB := process()
	a.Start(alice, "alice")
	b.Start(bob, "bob")
	a.Event(alice, &zyre.Event{Type: zyre.Enter, Peer: bob})
	b.Event(bob, &zyre.Event{Type: zyre.Enter, Peer: alice})
	b.Join(bob, "G")
	a.Event(alice, &zyre.Event{Type: zyre.Join, Peer: bob, Group: "G"})
	messages := make(chan zyre.Event, 100)
	var senders sync.WaitGroup
	senders.Go(func() {
		for i := range 1000 {
			if i%2 == 0 {
				messages <- zyre.Event{Type: zyre.Whisper, Peer: alice, Msg: [][]byte{a.Whisper(alice, bob), []byte("more")}}
			} else {
				messages <- zyre.Event{Type: zyre.Shout, Peer: alice, Group: "G", Msg: [][]byte{a.Shout(alice, "G")}}
			}
		}
		a.Failed(a.Whisper(alice, bob), zyre.ErrBlocked)
		close(messages)
	})
	for e := range messages {
		b.Event(bob, &e)
	}
	senders.Wait()
	a.Disturb(alice, zyre.UUID{}, "stopped")
	b.Event(bob, &zyre.Event{Type: zyre.Exit, Peer: alice, Cause: zyre.ErrExpired})
	a.Calm(alice, zyre.UUID{})
	b.Leave(bob, "G")
	a.Stop(alice, Killed)
	closeA.Close()
	closeB.Close()
	readers.Wait()
	if findings := l.Finish(time.Now()); len(findings) > 0 {
		t.Fatal(findings[0])
	}
	f := l.Figures()
	if f.Whispered != 500 || f.Shouted != 500 || f.Failed != 1 || f.Exits["expired"] != 1 || f.Enters != 2 || f.Joins != 1 || f.Starts != 2 || f.Stops != 1 {
		t.Errorf("%+v", f)
	}
}

// What came late is put in its place.
func TestCollectorPutsInOrder(t *testing.T) {
	var told []Observation
	r := NewRecorder(func(o Observation) { told = append(told, o) })
	alice, bob := number(0), number(1)
	r.Start(alice, "alice")
	r.Start(bob, "bob")
	r.Event(alice, &zyre.Event{Type: zyre.Enter, Peer: bob})
	r.Event(bob, &zyre.Event{Type: zyre.Enter, Peer: alice})
	payload := r.Whisper(alice, bob)
	r.Event(bob, &zyre.Event{Type: zyre.Whisper, Peer: alice, Msg: [][]byte{payload}})
	for i := 1; i < len(told); i++ {
		if !told[i].At.After(told[i-1].At) {
			t.Errorf("%v and then %v", told[i-1].At, told[i].At)
		}
	}
	r.at = time.Now().Add(time.Hour) // the clock was set back
	r.Leave(alice, "G")
	r.Leave(alice, "G")
	if last := told[len(told)-2:]; !last[1].At.After(last[0].At) || !last[0].At.After(time.Now()) {
		t.Errorf("%v and then %v", last[0].At, last[1].At)
	}
	told = told[:len(told)-2]
	l := Collect(New(Config{Lag: -1}), time.Minute)
	for i := range told {
		l.Take(told[len(told)-1-i])
	}
	if findings := l.Finish(time.Now()); len(findings) > 0 || l.Figures().Whispered != 1 {
		t.Error(findings, l.Figures())
	}
}

func TestCollectorFindsMeanwhile(t *testing.T) {
	l := Collect(New(Config{Lag: -1}), time.Second)
	enter := Observation{Kind: ObservedEvent, Node: number(0), Event: &zyre.Event{Type: zyre.Enter, Peer: number(1)}}
	l.Take(Observation{At: epoch, Kind: ObservedStart, Node: number(0), Text: "alice"})
	l.Take(Observation{At: epoch, Kind: ObservedStart, Node: number(1), Text: "bob"})
	for _, at := range []float64{0.5, 1, 2.5} {
		enter.At = seconds64(at)
		l.Take(enter)
	}
	if findings := l.Findings(); len(findings) != 1 || findings[0].Rule != RuleOrder {
		t.Error(findings) // the last one still waits
	}
}

func TestObservationJSON(t *testing.T) {
	c := New(Config{})
	payload := c.Whisper(epoch, number(0), number(1))
	for _, o := range []Observation{
		{At: epoch, Kind: ObservedStart, Node: number(0), Text: "alice\n\"\x00é"},
		{At: epoch.Add(1), Kind: ObservedStop, Node: number(0), How: Killed},
		{At: epoch, Kind: ObservedStop, Node: number(0)},
		{At: epoch, Kind: ObservedJoin, Node: number(0), Text: "G"},
		{At: epoch, Kind: ObservedLeave, Node: number(0), Text: "G"},
		{At: epoch, Kind: ObservedWhisper, Node: number(0), Payload: payload},
		{At: epoch, Kind: ObservedShout, Node: number(0), Payload: payload},
		{At: epoch, Kind: ObservedDisturb, Node: number(0), Peer: number(1), Text: "cable"},
		{At: epoch, Kind: ObservedPause, Node: number(0), Text: "stop"},
		{At: epoch, Kind: ObservedContinue, Node: number(0)},
		{At: epoch, Kind: ObservedCalm, Node: number(0)},
		{At: epoch, Kind: ObservedEvent, Node: number(0), Event: &zyre.Event{Type: zyre.Enter, Peer: number(1)}},
		{At: epoch, Kind: ObservedEvent, Node: number(0), Event: &zyre.Event{Type: zyre.Join, Peer: number(1), Group: "G"}},
		{At: epoch, Kind: ObservedEvent, Node: number(0), Event: &zyre.Event{Type: zyre.Shout, Peer: number(1), Group: "G", Msg: [][]byte{payload}}},
		{At: epoch, Kind: ObservedEvent, Node: number(0), Event: &zyre.Event{Type: zyre.Stop, Peer: number(0)}},
	} {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var back Observation
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, o) {
			t.Errorf("%s\n%+v\nnot\n%+v: %v", text, back, o, err)
		}
	}
	for _, c := range causes {
		if c.err == nil {
			continue
		}
		text, _ := json.Marshal(Observation{Kind: ObservedEvent, Event: &zyre.Event{Type: zyre.Exit, Cause: c.err}})
		var back Observation
		if err := json.Unmarshal(text, &back); err != nil || !errors.Is(back.Event.Cause, c.err) || back.Event.Cause.Error() != c.err.Error() {
			t.Errorf("%s: %v, %v", text, err, back.Event.Cause)
		}
	}
	var back Observation
	text, _ := json.Marshal(Observation{Kind: ObservedFailed, Err: errors.New("odd")})
	if err := json.Unmarshal(text, &back); err != nil || back.Err == nil || back.Err.Error() != "odd" {
		t.Error(err, back.Err)
	}
	// What others send is not carried about.
	text, _ = json.Marshal(Observation{Kind: ObservedEvent, Event: &zyre.Event{Type: zyre.Whisper, Msg: [][]byte{make([]byte, 1<<20)}}})
	if len(text) > 500 {
		t.Errorf("%d octets", len(text))
	}
}

func TestReadRefusesWhatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"{\"kind\":\"jump\"}\n":                     `kind "jump"`,
		"{\"kind\":\"event\",\"type\":\"DANCE\"}\n": `type "DANCE"`,
		"hello\n":                      "invalid character",
		strings.Repeat("x", 2*maxLine): "buffer full",
		"{\"kind\":\"start\"}\n{\"kind\":\"start\",\"": "", // the writer was killed
	} {
		err := Collect(New(Config{}), 0).Read(strings.NewReader(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.40q: %v, not %q", text, err, want)
		}
	}
}

func TestFindingJSON(t *testing.T) {
	c, at := full(2)
	c.Event(at, number(0), &zyre.Event{Type: zyre.Enter, Peer: number(1)})
	text, err := json.Marshal(c.Findings()[0])
	if err != nil || !strings.HasPrefix(string(text), `{"rule":"order","at":"2000-01-01T00:00:01Z","node":"00000001000000000000000000000000","peer":"00000002`) {
		t.Errorf("%s %v", text, err)
	}
	text, err = json.Marshal(c.Figures())
	if err != nil || !strings.Contains(string(text), `"enters":3`) {
		t.Errorf("%s %v", text, err)
	}
}
