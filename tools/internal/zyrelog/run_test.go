package zyrelog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

// tally is how often a node told an event.
type tally map[string]int

// player is a node of a run, which counts its events from its acquaintance with
// the collector on.
type player struct {
	*zyre.Node
	met  chan struct{} // closed once it has met the collector
	left chan tally    // its counts, at the end
}

const collectorName = "the collector"

// play starts a node, whose hash is none of those that are used.
func play(t *testing.T, cfg zyre.Config, name string, used map[uint16]bool) *player {
	t.Helper()
	cfg.Name, cfg.UUID = name, zyre.NewUUID()
	for used[zrelog.HashUUID(cfg.UUID)] {
		cfg.UUID = zyre.NewUUID()
	}
	used[zrelog.HashUUID(cfg.UUID)] = true
	p := &player{zyretest.Start(t, cfg), make(chan struct{}), make(chan tally, 1)}
	go func() {
		told, met := tally{}, false
		for e := range p.Events() {
			if e.Type == zyre.Enter && e.Name == collectorName && !met {
				met = true
				close(p.met)
			}
			if ending := e.Type == zyre.Exit && errors.Is(e.Cause, zyre.ErrClosed); met && !ending { // STOP says it of all
				told[name+" "+e.Type.String()]++
			}
		}
		p.left <- told
	}()
	return p
}

// collecting is a Collect that runs.
type collecting struct {
	stop  func()
	done  chan error
	notes *bufio.Reader
	hash  uint16
	heard chan string // nodes as they are shown, one for each line
	known map[string]bool
}

func start(t *testing.T, o CollectOptions) *collecting {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	shown, out := io.Pipe()
	o.Follow = true
	c := &collecting{stop: cancel, done: make(chan error, 1), notes: bufio.NewReader(r), heard: make(chan string), known: map[string]bool{}}
	go func() {
		for lines := bufio.NewScanner(shown); lines.Scan(); {
			select {
			case c.heard <- strings.Fields(lines.Text())[2]:
			case <-ctx.Done():
			}
		}
	}()
	go func() {
		err := Collect(ctx, o, cli.Streams{Out: out, Err: w})
		_ = out.Close()
		w.CloseWithError(io.EOF)
		c.done <- err
	}()
	t.Cleanup(func() { cancel(); _ = r.Close() })
	line, err := c.notes.ReadString('\n')
	who, rest, found := strings.Cut(line, ") collects on UDP port ")
	if err != nil || !found || rest == "" {
		t.Fatalf("%q %v", line, err)
	}
	c.hash = zrelog.Hash(who[len(who)-32:])
	return c
}

// knows waits until it has shown a node by its name.
func (c *collecting) knows(t *testing.T, name string) {
	t.Helper()
	for !c.known[name] {
		c.known[within(t, c.heard)] = true
	}
}

// end ends it and returns what it said last.
func (c *collecting) end(t *testing.T) string {
	t.Helper()
	c.stop()
	rest, _ := io.ReadAll(c.notes)
	if err := within(t, c.done); err != nil {
		t.Error(err)
	}
	return string(rest)
}

// Fifty nodes come and go, and what the log says of each is what it said itself.
func TestRun(t *testing.T) {
	nodes := 50
	if testing.Short() {
		nodes = 10
	}
	cfg := zyretest.Config(t)
	file := filepath.Join(t.TempDir(), "log.db")
	log := start(t, CollectOptions{Node: cli.Node{Name: collectorName, Port: cfg.Port, Interface: cfg.Interfaces, Carrier: cli.Carrier{Transport: "zmtp"}}, Database: file})
	want := tally{}
	var mu sync.Mutex
	leave := func(p *player) {
		p.Close()
		told := within(t, p.left)
		mu.Lock()
		defer mu.Unlock()
		maps.Copy(want, told)
	}
	used := map[uint16]bool{log.hash: true}
	var here []*player
	come := func(names ...int) {
		for _, n := range names {
			here = append(here, play(t, cfg, fmt.Sprintf("node%d", n), used))
		}
		for _, p := range here {
			within(t, p.met)
			log.knows(t, p.Name())
		}
	}
	var first, second []int
	for n := range nodes {
		if n < nodes*3/5 {
			first = append(first, n)
		} else {
			second = append(second, n)
		}
	}
	come(first...)
	for _, p := range here {
		if err := p.Join("CHAT"); err != nil {
			t.Fatal(err)
		}
	}
	var gone sync.WaitGroup
	for i, p := range here {
		if i%3 == 0 {
			gone.Go(func() { leave(p) })
		}
	}
	var stay []*player
	for i, p := range here {
		if i%3 != 0 {
			stay = append(stay, p)
		}
	}
	here = stay
	come(second...)
	gone.Wait()
	for i, p := range here {
		if i%2 == 0 {
			_ = p.Join("LATE")
			_ = p.Leave("LATE")
		}
	}
	for _, p := range here {
		gone.Go(func() { leave(p) })
	}
	gone.Wait()
	if said := log.end(t); !strings.Contains(said, fmt.Sprintf(" of %d nodes kept", nodes)) || strings.Contains(said, "lost") {
		t.Errorf("it said %q", said)
	}

	from, err := store.OpenReader(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	met, err := from.Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names store.Names
	names.Meet(met...)
	records, err := from.Read(t.Context(), store.Query{}, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	got := tally{}
	own := 0 // groups that nodes joined and left themselves, which are no events to them
	for _, r := range records {
		switch {
		case r.Event == zrelog.EventStats:
		case r.Event == 0 && (r.Text == "STOP" || strings.HasPrefix(r.Text, "EVASIVE") || strings.HasPrefix(r.Text, "SILENT")):
			word, _, _ := strings.Cut(r.Text, " ")
			got[names.Of(r.Node, r.Received)+" "+word]++
		case r.Peer == 0:
			own++
		default:
			got[names.Of(r.Node, r.Received)+" "+zrelog.EventName(r.Event)]++
		}
	}
	// Who ends waits only a moment until its last words have left. Where STOP came, all came.
	whole := 0
	for key, n := range want {
		name, _, _ := strings.Cut(key, " ")
		all := got[name+" STOP"] == 1
		if all {
			whole++
		}
		if got[key] > n || all && got[key] != n {
			t.Errorf("%s: %d in the log, %d told", key, got[key], n)
		}
	}
	for key := range got {
		if want[key] == 0 {
			t.Errorf("%s is in the log, and nobody told it", key)
		}
	}
	if whole < len(want)/2 || own == 0 {
		t.Errorf("%d of %d kinds of events are whole; %d records of own groups", whole, len(want), own)
	}
	t.Logf("%d records of %d nodes", len(records), len(met))
	if time.Since(records[0].Sent) > time.Hour {
		t.Errorf("sent at %v", records[0].Sent)
	}
}
