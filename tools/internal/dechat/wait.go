package dechat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// settle is how long no further listener must have come before a pipe's first
// line is shouted: by then whoever was there already has been heard of.
const settle = 300 * time.Millisecond

// wait waits until count is above zero and, if calm is asked for, stays the
// same for a moment. A pipe's lines wait as long as their patience lasts; a
// person at a terminal is told at once instead. It returns whether count was
// above zero at last.
func (sp *speaker) wait(ctx context.Context, line string, calm bool, count func() int) bool {
	if sp.hasty {
		return count() > 0
	}
	sp.note(func(f *failures) { f.waiting = line })
	var quiet <-chan time.Time
	known := 0
	for {
		n := count()
		switch {
		case n > 0 && !calm:
			sp.note(func(f *failures) { f.waiting = "" })
			return true
		case n == 0:
			quiet = nil
		case n != known:
			quiet = time.After(settle)
		}
		known = n
		select {
		case <-sp.changed:
		case <-quiet:
			calm = false
		case <-sp.until:
			sp.hasty = true
			sp.note(func(f *failures) { f.waiting = "" })
			return count() > 0
		case <-ctx.Done():
			return false
		}
	}
}

// failures of a pipe's lines, for the exit code.
type failures struct {
	lines   int
	waiting string // the line that waits for somebody
}

// note changes what is known of failures.
func (sp *speaker) note(change func(*failures)) {
	f := <-sp.result
	change(&f)
	sp.result <- f
}

// failed notes that a line was not done, and tells the user.
func (sp *speaker) failed(err error) {
	sp.note(func(f *failures) { f.lines++ })
	sp.screen.complain(err)
}

// failure says what a pipe's lines did not reach.
func (sp *speaker) failure() error {
	f := <-sp.result
	sp.result <- f
	switch {
	case f.waiting != "":
		return fmt.Errorf("nobody came to hear %q: is anybody there, on the same port and network?", printable(f.waiting))
	case f.lines == 1:
		return errors.New("1 line of stdin was not done")
	case f.lines > 1:
		return fmt.Errorf("%d lines of stdin were not done", f.lines)
	}
	return nil
}
