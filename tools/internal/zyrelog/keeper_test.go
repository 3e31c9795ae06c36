package zyrelog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate is a store that says to each batch what the test wants.
type gate struct {
	batches chan store.Batch
	answers chan error
}

func (g *gate) Write(ctx context.Context, b store.Batch) error {
	g.batches <- b
	select {
	case err := <-g.answers:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) Close() error { return nil }

func newGate(t *testing.T) (*gate, *keeper, *[]string) {
	g := &gate{batches: make(chan store.Batch, 1), answers: make(chan error, 1)}
	var told []string
	k := newKeeper(g, 0x1234, func(n news) { told = append(told, fmt.Sprintf("%v %d %d", n.failure, n.waiting, n.lost)) })
	return g, k, &told
}

func numbered(from, to int) (all []store.Record) {
	for n := from; n < to; n++ {
		all = append(all, store.Record{Text: fmt.Sprint(n)})
	}
	return all
}

// within waits for one of the keeper's or the gate's channels.
func within[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

// answer lets the batch that is written end like that, and returns it.
func (g *gate) answer(t *testing.T, k *keeper, err error) store.Batch {
	t.Helper()
	b := within(t, g.batches)
	g.answers <- err
	k.done(within(t, k.results))
	return b
}

func TestKeeper(t *testing.T) {
	g, k, told := newGate(t)
	// Few are written after a while, together with the nodes.
	k.add(numbered(0, 3)...)
	k.meet(store.Node{UUID: "A", Name: "ann"})
	within(t, k.timer.C)
	k.due()
	if b := g.answer(t, k, nil); len(b.Records) != 3 || b.Records[2].Text != "2" || len(b.Nodes) != 1 {
		t.Errorf("%+v", b)
	}
	// Many at once, and what comes meanwhile after them.
	k.add(numbered(0, goodBatch)...)
	k.add(numbered(goodBatch, goodBatch+maxBatch+5)...)
	if b := g.answer(t, k, nil); len(b.Records) != goodBatch {
		t.Errorf("%d in the first batch", len(b.Records))
	}
	if b := g.answer(t, k, nil); len(b.Records) != maxBatch || b.Records[0].Text != fmt.Sprint(goodBatch) {
		t.Errorf("%d in the second batch", len(b.Records))
	}
	// A slow store makes the nodes wait.
	k.add(numbered(0, maxWaiting+maxBatch)...)
	if !k.full() {
		t.Error("it is not full")
	}
	g.answer(t, k, nil)
	if k.full() {
		t.Error("it is full still")
	}
	go func() {
		for range g.batches {
			g.answers <- nil
		}
	}()
	defer close(g.batches)
	if left, err := k.close(t.Context()); left != 0 || err != nil {
		t.Errorf("%d are left: %v", left, err)
	}
	if want := uint64(3 + goodBatch + maxBatch + 5 + maxWaiting + maxBatch); k.written != want || k.dropped != 0 || k.octets != 0 || len(*told) != 0 {
		t.Errorf("%d of %d written, %d dropped, %d octets; told %q", k.written, want, k.dropped, k.octets, *told)
	}
}

// A disk that is full: the newest are kept, up to the bound, and what is
// missing is said to the user and in the log.
func TestKeeperRefused(t *testing.T) {
	g, k, told := newGate(t)
	full := errors.New("the disk is full")
	k.add(numbered(0, goodBatch)...)
	k.meet(store.Node{UUID: "A", Name: "ann"})
	g.answer(t, k, full)
	const more = maxWaiting + 1000
	k.add(numbered(goodBatch, goodBatch+more)...)
	if len(k.waiting) != maxWaiting || k.lost != goodBatch+1000 || k.full() {
		t.Errorf("%d wait, %d lost, full %t", len(k.waiting), k.lost, k.full())
	}
	within(t, k.timer.C) // it is tried again
	k.due()
	g.answer(t, k, full)
	within(t, k.timer.C)
	k.due()
	b := g.answer(t, k, nil)
	if b.Records[0].Text != fmt.Sprint(goodBatch+1000) || len(b.Nodes) != 1 {
		t.Errorf("the oldest that was kept is %q; %d nodes", b.Records[0].Text, len(b.Nodes))
	}
	if want := []string{fmt.Sprintf("the disk is full %d 0", goodBatch), fmt.Sprintf("<nil> %d %d", maxWaiting-maxBatch, goodBatch+1000)}; fmt.Sprint(*told) != fmt.Sprint(want) {
		t.Errorf("told %q, want %q", *told, want)
	}
	var last store.Record
	for k.written < maxWaiting+1 {
		if k.writing == nil {
			within(t, k.timer.C)
			k.due()
		}
		b := g.answer(t, k, nil)
		last = b.Records[len(b.Records)-1]
	}
	if !strings.Contains(last.Text, fmt.Sprintf("lost %d records before this: the disk is full", goodBatch+1000)) || last.Node != 0x1234 {
		t.Errorf("the log says %q", last.Text)
	}
	if left, err := k.close(t.Context()); left != 0 || err != nil {
		t.Errorf("%d are left: %v", left, err)
	}
}

// Long texts fill the memory too; a store that hangs does not keep us from ending.
func TestKeeperBounds(t *testing.T) {
	g, k, _ := newGate(t)
	k.add(numbered(0, goodBatch)...)
	g.answer(t, k, errors.New("no"))
	long := strings.Repeat("x", 255)
	for range 200 {
		batch := make([]store.Record, 1000)
		for i := range batch {
			batch[i].Text = long
		}
		k.add(batch...)
		if k.octets > maxWaitingOctets || len(k.waiting) > maxWaiting {
			t.Fatalf("%d octets of %d records wait", k.octets, len(k.waiting))
		}
	}
	for i := range 2 * maxNews {
		k.meet(store.Node{UUID: fmt.Sprint(i)})
	}
	if len(k.nodes) != maxNews {
		t.Errorf("news of %d nodes wait", len(k.nodes))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	wait := len(k.waiting)
	if left, err := k.close(ctx); left != wait || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%d of %d are left: %v", left, wait, err)
	}
}

func TestText(t *testing.T) {
	at := time.Date(2026, 1, 2, 12, 0, 0, 5e6, time.UTC)
	var names store.Names
	names.Meet(store.Node{Hash: 1, UUID: "A", Name: "a\x1b[2Jnn", First: at, Last: at})
	for _, c := range []struct {
		r    store.Record
		want string
	}{
		{store.Record{Received: at, Sent: at, Level: 3, Event: 3, Node: 1, Peer: 2, Text: "tcp://1.2.3.4:5 bob"}, `2026-01-02T12:00:00.005Z INFO    a\x1b[2Jnn ENTER #0002: tcp://1.2.3.4:5 bob`},
		{store.Record{Received: at, Sent: at.Add(-2 * time.Hour), Level: 1, Text: "a\nb\x00\x1b]0;x\a"}, `2026-01-02T12:00:00.005Z ERROR   #0000 TEXT: a\nb\x00\x1b]0;x\x07 [said at 2026-01-02T10:00:00Z]`},
		{store.Record{Received: at, Sent: at, Level: 7, Event: 99, Node: 1}, `2026-01-02T12:00:00.005Z 7       a\x1b[2Jnn 99`},
	} {
		if got := string(text(c.r, &names)); got != c.want+"\n" {
			t.Errorf("got  %swant %s", got, c.want)
		}
	}
}

func TestFlags(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600))
	for text, want := range map[string]string{
		"90m": "2026-03-04T03:36:07+01:00", "7d": "2026-02-25T05:06:07+01:00", "2026-01-31": "2026-01-31T00:00:00+01:00", "2026-01-31 14:05": "2026-01-31T14:05:00+01:00",
		"2026-01-31T14:05:06.5Z": "2026-01-31T14:05:06Z", "yesterday": "", "-1h": "", "": "", "99999999d": "", "d": "",
	} {
		var m Moment
		if err := m.parse(text, now); err != nil && want != "" || err == nil && m.Format(time.RFC3339) != want {
			t.Errorf("%q: %v %v", text, m, err)
		}
	}
	for text, want := range map[string]int64{"500MB": 5e8, "1GB": 1e9, "0": 0, "12": 12, "3kB": 3000, "-1": -1, "GB": -1, "99999999999TB": -1, "1.5GB": -1, "9223372036854775807B": 1<<63 - 1} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil && want >= 0 || err == nil && int64(s) != want {
			t.Errorf("%q: %d %v", text, s, err)
		}
	}
	for text, want := range map[string]string{"error": "[1]", "Warning": "[1 2]", "info": "[]", "debug": "-"} {
		var l Level
		if err := l.UnmarshalText([]byte(text)); err != nil && want != "-" || err == nil && fmt.Sprint(l.wanted()) != want {
			t.Errorf("%q: %v %v", text, l.wanted(), err)
		}
	}
	var a Age
	if err := a.UnmarshalText([]byte("30d")); err != nil || time.Duration(a) != 720*time.Hour {
		t.Errorf("30d: %v %v", a, err)
	}
}
