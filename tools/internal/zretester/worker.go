package zretester

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

// task is what a process gets to do, as a line of JSON on its standard input. A second line asks it to let its
// nodes rest. The end of the input is its end.
type task struct {
	Carrier    cli.Carrier
	Life       Scenario
	Size, Most int // of the pool
	Label      string
	Seed       uint64
	Port       uint16
	Interfaces []string
}

// line is what a process says on its standard output: one of these.
type line struct {
	Observed *history.Observation `json:"observed,omitempty"`
	Figures  []figure             `json:"figures,omitempty"` // of all places
	At       time.Time            `json:"at,omitzero"`       // Figures: all that was observed before has been told
	Trouble  string               `json:"trouble,omitempty"`
	Rested   bool                 `json:"rested,omitempty"`
}

// lookEvery is how often a process tells its figures.
const lookEvery = 250 * time.Millisecond

// Work is what a process does that zretester has started: a pool whose observations go to standard output.
func Work(std cli.Streams) error {
	in := bufio.NewReader(std.In)
	var t task
	first, err := in.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(first, &t)
	}
	if err != nil {
		return cli.Usagef("--worker is for zretester itself: %v", err)
	}
	out := &lines{w: std.Out}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	p := newPool(&t.Life, t.Size, t.Most, t.Label, t.Seed, notes{
		Recorder: history.NewRecorder(func(o history.Observation) { out.put(line{Observed: &o}) }),
		trouble:  func(err error) { out.put(line{Trouble: err.Error()}) },
	}, starter(&t, std.Err))
	late := watchLateness()
	defer late.end()
	var looking sync.WaitGroup
	looked := make(chan struct{})
	looking.Go(func() {
		for ticker := time.NewTicker(lookEvery); ; {
			figures := p.figures()
			figures[0].process(late)
			out.put(line{Figures: figures, At: time.Now()})
			select {
			case <-ticker.C:
			case <-looked:
				ticker.Stop()
				return
			}
		}
	})
	resting := make(chan struct{})
	go func() {
		defer close(resting)
		p.run(ctx)
		out.put(line{Rested: true})
	}()
	_, err = in.ReadBytes('\n') // rest, or the end
	stop()
	<-resting
	if err == nil {
		_, _ = io.Copy(io.Discard, in)
	}
	close(looked)
	looking.Wait()
	p.close()
	return out.err
}

// lines writes lines of JSON. Its methods may be called from any goroutine.
type lines struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

func (l *lines) put(v line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return // who should read this has gone, and our input will end
	}
	text, err := json.Marshal(v)
	if err == nil {
		_, err = l.w.Write(append(text, '\n'))
	}
	l.err = err
}

// starter returns what starts nodes.
func starter(t *task, log io.Writer) func(context.Context, zyre.UUID, string) (node, error) {
	return func(ctx context.Context, id zyre.UUID, name string) (node, error) {
		cfg := cli.Node{Name: name, Port: t.Port, Interface: t.Interfaces, Carrier: t.Carrier}.Config(log)
		cfg.UUID = id
		n, err := zyre.Start(ctx, cfg)
		if err != nil {
			return nil, err
		}
		return n, nil
	}
}

// maxLine bounds what a process may say at once.
const maxLine = 16 << 20

// readLines hands on what a process says until it ends. It reads to the end in any case.
func readLines(r io.Reader, take func(line)) error {
	defer func() { _, _ = io.Copy(io.Discard, r) }()
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, maxLine)
	for scan.Scan() {
		var l line
		if err := json.Unmarshal(scan.Bytes(), &l); err != nil {
			if !scan.Scan() && scan.Err() == nil {
				return nil // it was killed while it wrote this
			}
			return fmt.Errorf("it says what is no JSON: %w", err)
		}
		take(l)
	}
	if err := scan.Err(); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		return err
	}
	return nil
}
