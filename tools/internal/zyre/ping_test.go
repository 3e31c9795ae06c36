package zyre

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a node whose peers answer as the test says.
type fake struct {
	events chan zyre.Event
	mu     sync.Mutex // of who may close events while somebody else sends
	once   sync.Once
	answer func(ctx context.Context, peer zyre.UUID) (time.Duration, error)
	err    error
}

func newFake(answer func(ctx context.Context, peer zyre.UUID) (time.Duration, error)) *fake {
	return &fake{events: make(chan zyre.Event), answer: answer}
}

func (f *fake) Events() <-chan zyre.Event { return f.events }
func (f *fake) Err() error                { return f.err }

func (f *fake) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.once.Do(func() { close(f.events) })
	return nil
}

func (f *fake) Ping(ctx context.Context, peer zyre.UUID) (time.Duration, error) {
	return f.answer(ctx, peer)
}

func id(first byte) zyre.UUID { return zyre.UUID{first, 0xab, 0xcd} }

func enter(name string, peer zyre.UUID) zyre.Event {
	return zyre.Event{Type: zyre.Enter, Peer: peer, Name: name, Addr: "tcp://127.0.0.1:50000"}
}

// run pings until it ends by itself, with the events given.
func run(t *testing.T, n *fake, opts Options, events ...zyre.Event) (string, error) {
	t.Helper()
	if opts.Interval == 0 {
		opts.Interval = time.Millisecond
	}
	if opts.Timeout == 0 {
		opts.Timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var feeder sync.WaitGroup
	feeder.Go(func() {
		for _, e := range events {
			n.events <- e
		}
	})
	var out bytes.Buffer
	err := ping(ctx, n, opts, &out)
	feeder.Wait()
	if ctx.Err() != nil {
		t.Fatal("it did not end")
	}
	return out.String(), err
}

func wantLines(t *testing.T, out, want string) {
	t.Helper()
	if want = strings.TrimLeft(want, "\n"); out != want {
		t.Fatalf("printed\n%swant\n%s", out, want)
	}
}

func TestTarget(t *testing.T) {
	times := []time.Duration{3 * time.Millisecond, time.Millisecond, 2500 * time.Microsecond, 12345 * time.Nanosecond}
	i := 0
	n := newFake(func(_ context.Context, peer zyre.UUID) (time.Duration, error) {
		if peer != id(2) {
			t.Error("another peer was pinged")
		}
		i++
		return times[i-1], nil
	})
	out, err := run(t, n, Options{Count: 4, Target: "02abcd"}, enter("else", id(1)), enter("b\x1bb", id(2)))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, out, `
b\x1bb entered (02ABCD00000000000000000000000000 at tcp://127.0.0.1:50000)
b\x1bb: ping 1 answered in 3.000 ms
b\x1bb: ping 2 answered in 1.000 ms
b\x1bb: ping 3 answered in 2.500 ms
b\x1bb: ping 4 answered in 0.012 ms
--- b\x1bb: 4 pings, 0 lost (0%), min/median/max 0.012/1.750/3.000 ms
`)
}

func TestLost(t *testing.T) {
	i := 0
	n := newFake(func(ctx context.Context, _ zyre.UUID) (time.Duration, error) {
		switch i++; i {
		case 1:
			<-ctx.Done()
			return 0, context.Cause(ctx)
		case 2:
			return 0, zyre.ErrUnreachable
		}
		return time.Millisecond, nil
	})
	out, err := run(t, n, Options{Count: 3, Timeout: 5 * time.Millisecond}, enter("bob", id(2)))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, out, `
bob entered (02ABCD00000000000000000000000000 at tcp://127.0.0.1:50000)
bob: ping 1 lost (no answer within 5ms)
bob: ping 2 lost (`+zyre.ErrUnreachable.Error()+`)
bob: ping 3 answered in 1.000 ms
--- bob: 3 pings, 2 lost (66%), min/median/max 1.000/1.000/1.000 ms
`)
}

func TestAllLostFails(t *testing.T) {
	n := newFake(func(context.Context, zyre.UUID) (time.Duration, error) { return 0, zyre.ErrBlocked })
	out, err := run(t, n, Options{Count: 1, JSON: true}, enter("bob", id(2)))
	if err == nil || !strings.Contains(err.Error(), "no answer from anybody") {
		t.Fatal(err)
	}
	for _, want := range []string{`"lost":true,"cause":"` + zyre.ErrBlocked.Error() + `"`, `"type":"SUMMARY"`, `"sent":1,"lost":1,"time"`} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
}

// Who leaves has lost nothing, and what is no coming or going is not shown.
func TestLeaving(t *testing.T) {
	started := make(chan struct{})
	n := newFake(func(ctx context.Context, peer zyre.UUID) (time.Duration, error) {
		if peer == id(3) {
			return time.Millisecond, nil
		}
		close(started)
		<-ctx.Done()
		return 0, context.Cause(ctx)
	})
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() {
		done <- ping(t.Context(), n, Options{Count: 1, Interval: time.Millisecond, Timeout: time.Hour}, &out)
	}()
	n.events <- enter("bob", id(2))
	<-started
	n.events <- zyre.Event{Type: zyre.Join, Peer: id(2), Name: "bob", Group: "CHAT"}
	n.events <- zyre.Event{Type: zyre.Evasive, Peer: id(2), Name: "bob"}
	n.events <- zyre.Event{Type: zyre.Silent, Peer: id(2), Name: "bob"}
	n.events <- zyre.Event{Type: zyre.Exit, Peer: id(2), Name: "bob", Cause: zyre.ErrExpired}
	n.events <- enter("carol", id(3))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantLines(t, out.String(), `
bob entered (02ABCD00000000000000000000000000 at tcp://127.0.0.1:50000)
bob is evasive
bob is silent
bob left (`+zyre.ErrExpired.Error()+`)
carol entered (03ABCD00000000000000000000000000 at tcp://127.0.0.1:50000)
carol: ping 1 answered in 1.000 ms
--- carol: 1 ping, 0 lost (0%), min/median/max 1.000/1.000/1.000 ms
`)
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestStdoutFails(t *testing.T) {
	n := newFake(func(ctx context.Context, _ zyre.UUID) (time.Duration, error) {
		<-ctx.Done()
		return 0, context.Cause(ctx)
	})
	done := make(chan error, 1)
	go func() {
		done <- ping(t.Context(), n, Options{Interval: time.Hour, Timeout: time.Hour}, brokenWriter{})
	}()
	n.events <- enter("bob", id(2))
	if err := <-done; !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
}

func TestNodeFails(t *testing.T) {
	n := newFake(nil)
	n.err = errBroken
	_ = n.Close()
	if err := ping(t.Context(), n, Options{Interval: time.Hour, Timeout: time.Hour}, &bytes.Buffer{}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
}

func TestStatsAreBounded(t *testing.T) {
	var all table
	for i := range 3 * maxSamples {
		all.add(result{peer: id(1), name: "bob", time: time.Duration(i + 1)})
	}
	r := all.order[0]
	if len(r.samples) != maxSamples || r.min != 1 || r.max != 3*maxSamples || r.median() != 2*maxSamples+maxSamples/2 {
		t.Fatal(len(r.samples), r.min, r.max, r.median())
	}
	for i := range 2 * maxPeers {
		all.add(result{peer: zyre.UUID{byte(i >> 8), byte(i), 1}})
	}
	if len(all.rows) != maxPeers || len(all.order) != maxPeers || all.omitted != maxPeers+1 {
		t.Fatal(len(all.rows), len(all.order), all.omitted)
	}
	var out bytes.Buffer
	all.print(&printer{w: &out})
	if !strings.HasSuffix(out.String(), "--- and 1001 pings of peers beyond the first 1000\n") {
		t.Fatal(out.String()[out.Len()-100:])
	}
}

func TestOptions(t *testing.T) {
	good := Options{Interval: time.Second, Timeout: time.Second}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*Options){
		func(o *Options) { o.Count = -1 },
		func(o *Options) { o.Interval = 0 },
		func(o *Options) { o.Timeout = -1 },
		func(o *Options) { o.For = -1 },
	} {
		bad := good
		change(&bad)
		if err := bad.check(); !errors.Is(err, cli.ErrUsage) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
