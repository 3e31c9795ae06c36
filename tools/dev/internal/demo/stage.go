package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// stage is where the actors talk. One goroutine directs; each actor's output
// arrives as lines on one channel.
type stage struct {
	env     *repo.Env
	program string
	network []string // flags

	actors map[string]*actor
	lines  chan line
	closed chan struct{}
	heard  []line
	acted  func(*stage, line)
}

// line is what an actor printed, or its end.
type line struct {
	who   string
	text  string
	ended bool
	err   error // how it ended
}

// want is a part of a line that an actor shall print.
type want struct{ who, text string }

func newStage(e *repo.Env, program string, network []string) *stage {
	return &stage{
		env: e, program: program, network: network,
		actors: map[string]*actor{},
		lines:  make(chan line),
		closed: make(chan struct{}),
	}
}

// enter starts an actor.
func (s *stage) enter(name string) error {
	a, err := startActor(s, name)
	if err != nil {
		return err
	}
	s.actors[name] = a
	return nil
}

// types gives an actor a line, as if a person had typed it.
func (s *stage) types(name, text string) error {
	s.show(name, "> "+text)
	if err := s.actors[name].types(text); err != nil {
		return s.deaf(name, err)
	}
	return nil
}

// deaf says why an actor takes no line any more: mostly because it has ended,
// and its end is on its way to us.
func (s *stage) deaf(name string, err error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for {
		switch l, late := s.next(ctx, want{name, "its own end"}); {
		case late != nil:
			return fmt.Errorf("%s does not listen any more: %w", name, err)
		case l.ended && l.who == name:
			return s.diedEarly(l)
		}
	}
}

// await waits until every want was printed, at any time since the beginning.
func (s *stage) await(ctx context.Context, wants ...want) error {
	for {
		missing := s.missing(wants)
		if missing == nil {
			return nil
		}
		l, err := s.next(ctx, *missing)
		if err != nil {
			return err
		}
		if l.ended {
			return s.diedEarly(l)
		}
	}
}

// leave lets an actor quit, and waits for its end and what the others say.
func (s *stage) leave(ctx context.Context, name string, wants ...want) error {
	if err := s.types(name, "/quit"); err != nil {
		return err
	}
	gone := false
	for {
		missing := s.missing(wants)
		if missing == nil {
			if gone {
				return nil
			}
			missing = &want{name, "its own end"}
		}
		l, err := s.next(ctx, *missing)
		switch {
		case err != nil:
			return err
		case l.ended && l.who == name && l.err == nil:
			gone = true
		case l.ended:
			return s.diedEarly(l)
		}
	}
}

// next takes in one line, shows it and remembers it.
func (s *stage) next(ctx context.Context, waitingFor want) (line, error) {
	select {
	case l := <-s.lines:
		if l.ended {
			delete(s.actors, l.who)
		} else {
			s.heard = append(s.heard, l)
			s.show(l.who, l.text)
		}
		if s.acted != nil {
			s.acted(s, l)
		}
		return l, nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return line{}, ctx.Err()
		}
		return line{}, fmt.Errorf("after %v %s still has not said %q", deadline, waitingFor.who, waitingFor.text)
	}
}

func (s *stage) diedEarly(l line) error {
	how := "without an error"
	if l.err != nil {
		how = "with " + l.err.Error()
	}
	return fmt.Errorf("%s ended %s, before the demo was over", l.who, how)
}

// missing returns the first want that nobody has printed.
func (s *stage) missing(wants []want) *want {
	for _, w := range wants {
		if !s.saw(w) {
			return &w
		}
	}
	return nil
}

func (s *stage) saw(w want) bool {
	for _, l := range s.heard {
		if l.who == w.who && strings.Contains(l.text, w.text) {
			return true
		}
	}
	return false
}

// show prints a line of the transcript.
func (s *stage) show(who, text string) {
	fmt.Fprintf(s.env.Stdout, "%-5s │ %s\n", who, text)
}

// close ends every actor that is still there.
func (s *stage) close() error {
	for _, a := range s.actors {
		a.quit()
	}
	patience := time.NewTimer(3 * time.Second)
	defer patience.Stop()
	for len(s.actors) > 0 {
		select {
		case l := <-s.lines:
			if l.ended {
				delete(s.actors, l.who)
			}
		case <-patience.C:
			for _, a := range s.actors {
				a.kill()
			}
		}
	}
	close(s.closed)
	return nil
}
