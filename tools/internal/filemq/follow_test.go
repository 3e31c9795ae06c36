package filemq

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a client to which happens what the test says.
type fake struct {
	events chan fmq.Event
	closed chan struct{}
	once   sync.Once
	err    error
}

// newFake makes one that ends by itself after the events only if ends is set.
func newFake(ends bool, events ...fmq.Event) *fake {
	f := &fake{events: make(chan fmq.Event), closed: make(chan struct{})}
	go func() {
		defer close(f.events)
		for _, e := range events {
			select {
			case f.events <- e:
			case <-f.closed:
				return
			}
		}
		if !ends {
			<-f.closed
		}
	}()
	return f
}

func (f *fake) Events() <-chan fmq.Event { return f.events }
func (f *fake) Err() error               { return f.err }
func (f *fake) Close() error             { f.once.Do(func() { close(f.closed) }); return nil }

const here = "tcp://127.0.0.1:5670"

func happened(t fmq.EventType, change ...func(*fmq.Event)) fmq.Event {
	e := fmq.Event{Type: t, Server: here, Time: time.Unix(0, 0)}
	for _, f := range change {
		f(&e)
	}
	return e
}

func file(name string, size int64) func(*fmq.Event) {
	return func(e *fmq.Event) { e.Path, e.Name, e.File, e.Size = "/p/"+name, name, "in/"+name, size }
}

func path(p string) func(*fmq.Event)       { return func(e *fmq.Event) { e.Path = p } }
func because(text string) func(*fmq.Event) { return func(e *fmq.Event) { e.Cause = errors.New(text) } }
func at(server string) func(*fmq.Event)    { return func(e *fmq.Event) { e.Server = server } }

// follow runs until it is over by itself.
func follow(t *testing.T, f Follower, json bool, c Client) (out, errs string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	f.Screen = NewScreen(cli.Streams{Out: &stdout, Err: &stderr}, json, nil)
	defer f.Screen.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err = f.Run(ctx, c)
	if ctx.Err() != nil {
		t.Fatal("it did not end")
	}
	return stdout.String(), stderr.String(), err
}

func TestOnceEndsWhenEverythingIsHere(t *testing.T) {
	out, errs, err := follow(t, Follower{Servers: 1, Once: true, Paths: 1}, false, newFake(false,
		happened(fmq.Connected),
		happened(fmq.Progress, file("a\x1b", 12)),
		happened(fmq.Deliver, file("a\x1b", 12)),
		happened(fmq.Lost, because("silent\n")),
		happened(fmq.Connected),
		happened(fmq.Delete, file("b", 0)),
		happened(fmq.Deliver, file("c", 1)),
		happened(fmq.Synced, path("/p"))))
	if err != nil {
		t.Fatal(err)
	}
	wantOut := "received a\\x1b (in/a\\x1b, 12 octets)\ndeleted b (in/b)\nreceived c (in/c, 1 octet)\n"
	wantErr := "* connected to tcp://127.0.0.1:5670\n* lost tcp://127.0.0.1:5670 (silent\\n): trying again\n" +
		"* connected to tcp://127.0.0.1:5670\n* /p is up to date with tcp://127.0.0.1:5670\n"
	if out != wantOut || errs != wantErr {
		t.Errorf("%s%s", out, errs)
	}
}

func TestDeniedIsAFailure(t *testing.T) {
	for _, c := range []struct {
		login bool
		cause error
		want  string
	}{
		{true, fmt.Errorf("%w: \x1b", fmq.ErrRefused), fmq.ErrRefused.Error() + `: \x1b: are login and password right, and may they have the path?`},
		{false, fmq.ErrRefused, fmq.ErrRefused.Error() + ": perhaps it wants a login (--user NAME --password-file FILE)"},
		{true, fmq.ErrMistake, fmq.ErrMistake.Error()},
	} {
		for _, alone := range []bool{true, false} {
			_, errs, err := follow(t, Follower{Servers: 1, Login: c.login, Alone: alone}, false,
				newFake(false, happened(fmq.Denied, func(e *fmq.Event) { e.Cause = c.cause })))
			if err == nil || err.Error() != here+": "+c.want || alone != (errs == "") {
				t.Error(errs, err)
			}
		}
	}
}

// One server of two denies: the other goes on, and at the end it is a failure.
func TestOneOfTwoDenies(t *testing.T) {
	out, _, err := follow(t, Follower{Servers: 2, Once: true, Paths: 2}, false, newFake(false,
		happened(fmq.Synced, path("/p")),
		happened(fmq.Synced, path("/p"), at("b")),
		happened(fmq.Denied, because("no")),
		happened(fmq.Deliver, file("x", 0), at("b")),
		happened(fmq.Synced, path("/q"), at("b"))))
	if err == nil || !strings.Contains(err.Error(), here+": no") || !strings.Contains(out, "received x") {
		t.Error(out, err)
	}
}

func TestRefusedIsAFailureAtTheEnd(t *testing.T) {
	events := []fmq.Event{happened(fmq.Refused, file("x/../y\n", 0), because("a name")), happened(fmq.Refused, file("later", 0), because("busy")),
		happened(fmq.Deliver, file("later", 0)), happened(fmq.Deliver, file("good", 3)), happened(fmq.Synced, path("/p"))}
	_, errs, err := follow(t, Follower{Servers: 1, Once: true, Paths: 1}, false, newFake(false, events...))
	if err == nil || err.Error() != `1 file could not be taken: /p/x/../y\n (a name)` || !strings.Contains(errs, `* refused /p/x/../y\n: a name`) {
		t.Error(errs, err)
	}
	for i := range 2 * maxRefused {
		events = append(events[:i:i], happened(fmq.Refused, file(strings.Repeat("x", i), 0), because("no")))
	}
	_, _, err = follow(t, Follower{Servers: 1}, false, newFake(true, events...))
	if err == nil || !strings.HasPrefix(err.Error(), "2000 files could not be taken: ") || !strings.HasSuffix(err.Error(), "; and 1997 more") {
		t.Error(err)
	}
}

func TestInterrupted(t *testing.T) {
	for once, want := range map[bool]string{true: "interrupted: not everything is here", false: ""} {
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		f := Follower{Screen: NewScreen(cli.Streams{Out: &out, Err: &out}, false, nil), Servers: 1, Once: once, Paths: 1}
		c := newFake(false, happened(fmq.Connected))
		cancel()
		err := f.Run(ctx, c)
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Error(err)
		}
	}
}

// notices ends a run when something was said on it.
type notices struct {
	bytes.Buffer
	said string
	end  func()
}

func (n *notices) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(n.said)) {
		n.end()
	}
	return n.Buffer.Write(p)
}

// Who asks for a path that nobody offers is told, and not that it is up to date.
func TestNothingComes(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	errs := &notices{said: "nothing comes", end: cancel}
	f := Follower{Screen: NewScreen(cli.Streams{Out: &bytes.Buffer{}, Err: errs}, false, nil), Servers: 1, Once: true, Paths: 1, Quiet: time.Millisecond}
	f.Run(ctx, newFake(false, happened(fmq.Connected)))
	if !strings.Contains(errs.String(), "perhaps the server offers nothing there yet") {
		t.Errorf("got %q", errs.String())
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestStdoutFails(t *testing.T) {
	f := Follower{Screen: NewScreen(cli.Streams{Out: brokenWriter{}, Err: &bytes.Buffer{}}, false, nil), Servers: 1}
	if err := f.Run(t.Context(), newFake(false, happened(fmq.Deliver, file("x", 0)))); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

func TestClientFails(t *testing.T) {
	c := newFake(true)
	c.err = errBroken
	if _, _, err := follow(t, Follower{Servers: 1}, false, c); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// A disk that stays full is told once.
func TestBlockedIsToldOnce(t *testing.T) {
	full := happened(fmq.Blocked, because("disk full"))
	_, errs, err := follow(t, Follower{Servers: 1}, false, newFake(true, full, full, full, happened(fmq.Deliver, file("x", 0)), full))
	if err != nil || strings.Count(errs, "nothing can be written (disk full)") != 2 {
		t.Error(errs, err)
	}
}

func TestJSON(t *testing.T) {
	when := func(e *fmq.Event) { e.Time = time.Date(2026, 1, 2, 3, 4, 5, 60, time.FixedZone("", 3600)) }
	for _, c := range []struct {
		event fmq.Event
		want  string
	}{
		{happened(fmq.Connected, when), `{"type":"connected","server":"tcp://127.0.0.1:5670","time":"2026-01-02T02:04:05.000000060Z"}`},
		{happened(fmq.Denied, when, because("no\x9b")), `{"type":"denied","server":"tcp://127.0.0.1:5670","cause":"no\ufffd","time":"2026-01-02T02:04:05.000000060Z"}`},
		{happened(fmq.Progress, when, file("a", 1<<62+1), func(e *fmq.Event) { e.Done, e.Sent = 1<<53+1, 0 }),
			`{"type":"progress","server":"tcp://127.0.0.1:5670","path":"/p/a","name":"a","file":"in/a","size":4611686018427387905,"done":9007199254740993,"sent":0,"time":"2026-01-02T02:04:05.000000060Z"}`},
		{happened(fmq.Deliver, when, file("\u202e", 0), func(e *fmq.Event) { e.Digest = []byte{0xab, 0xcd} }),
			`{"type":"deliver","server":"tcp://127.0.0.1:5670","path":"/p/\u202e","name":"\u202e","file":"in/\u202e","size":0,"sent":0,"digest":"abcd","time":"2026-01-02T02:04:05.000000060Z"}`},
		{happened(fmq.Delete, when, file("\xff", 0)),
			`{"type":"delete","server":"tcp://127.0.0.1:5670","path":"L3Av/w==","name":"/w==","file":"aW4v/w==","base64":true,"time":"2026-01-02T02:04:05.000000060Z"}`},
	} {
		if got := string(json(c.event)); got != c.want+"\n" {
			t.Errorf("got  %swant %s", got, c.want)
		}
	}
}

func TestSummary(t *testing.T) {
	var out bytes.Buffer
	f := Follower{Screen: NewScreen(cli.Streams{Out: &out, Err: &bytes.Buffer{}}, true, nil), Servers: 1}
	_ = f.Run(t.Context(), newFake(true, happened(fmq.Deliver, file("x", 1<<60)), happened(fmq.Delete, file("y", 0)), happened(fmq.Refused, file("z", 0))))
	f.Sum()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, `{"type":"summary","files":1,"octets":1152921504606846976,"deleted":1,"refused":1,"duration_ns":`) {
		t.Error(out.String())
	}
}

func TestSplit(t *testing.T) {
	for arg, want := range map[string][2]string{
		"a": {"a", "/"}, "a:/": {"a", "/"}, "a:/b": {"a", "/b"}, "a:b": {"a:b", "/"}, "x:/y:/z": {"x:/y", "/z"}, "/abs": {"/abs", "/"}, ":/x": {":/x", "/"},
	} {
		if dir, virtual := split(arg); !windows && (dir != want[0] || virtual != want[1]) {
			t.Errorf("%q: %q, %q", arg, dir, virtual)
		}
	}
}
