package zretester

import (
	"fmt"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// statusEvery is how often a line tells how things stand where there is no terminal.
const statusEvery = 10 * time.Second

// screen shows how things stand, on standard error, until it is closed.
type screen struct {
	program *tea.Program // nil: it is no terminal
	done    chan struct{}
	showing sync.WaitGroup
}

// newScreen shows what look returns. stop is called when the user wants an end.
func newScreen(look func() view, stop func(), std cli.Streams) *screen {
	s := &screen{done: make(chan struct{})}
	t := newTable(look, stop)
	if !isTerminal(std.Err) {
		s.showing.Go(func() { s.lines(t, std) })
		return s
	}
	options := []tea.ProgramOption{tea.WithOutput(std.Err), tea.WithoutSignalHandler()}
	if isTerminal(std.In) {
		options = append(options, tea.WithInput(std.In))
	} else {
		options = append(options, tea.WithInput(nil))
	}
	s.program = tea.NewProgram(t, options...)
	s.showing.Go(func() {
		if _, err := s.program.Run(); err != nil {
			fmt.Fprintf(std.Err, "zretester: the table cannot be shown: %v\n", err)
		}
	})
	return s
}

// lines writes a line every now and then.
func (s *screen) lines(t *table, std cli.Streams) {
	ticker := time.NewTicker(statusEvery)
	defer ticker.Stop()
	now := t.look()
	t.measure(now, time.Now())
	fmt.Fprintf(std.Err, "0s%s: a pool of %s, seed %d\n", ofSpan(now.For), plural(uint64(now.Nodes), "node"), now.Seed)
	for {
		select {
		case at := <-ticker.C:
			t.measure(t.look(), at)
			fmt.Fprintln(std.Err, t.status())
		case <-s.done:
			return
		}
	}
}

// close takes the table away.
func (s *screen) close() {
	close(s.done)
	if s.program != nil {
		s.program.Quit()
	}
	s.showing.Wait()
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
