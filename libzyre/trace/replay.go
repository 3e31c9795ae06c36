package trace

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Summary says what Replay went through.
type Summary struct {
	Lines  int  // of the trace
	Inputs int  // of them, that were given to the protocol
	Nodes  int  // lives of nodes
	Ended  int  // of them, that the trace has the end of
	Cut    bool // the trace ends in the middle of a line
}

// Difference is where a replay goes another way than the trace.
type Difference struct {
	Line  int    // of the trace: what should have happened, or the input behind which it should not have
	Node  ID     // whose it is
	After int    // the line of the input that this follows
	Input string // that input; see Line.String
	Want  string // what the trace has; empty: nothing
	Got   string // what the replay has; empty: nothing
}

// Error tells it in one line. It may hold any text that a stranger made.
func (d *Difference) Error() string {
	say := func(text string) string {
		if text == "" {
			return "nothing"
		}
		return text
	}
	return fmt.Sprintf("line %d: after %s (line %d) the trace of %v has: %s; the replay has: %s", d.Line, d.Input, d.After, d.Node, say(d.Want), say(d.Got))
}

// maxNodes and maxTurn bound what a trace can make Replay hold: nodes at a time,
// and what follows one input.
const (
	maxNodes = 10_000
	maxTurn  = 1_000_000
)

// Replay gives the inputs of a trace to the protocol again, for each node in it,
// and compares what follows. The error is a *Difference for the first one, or says
// which line cannot be read. A trace that begins after a node did has nothing to
// begin with: that is an error, too.
func Replay(r io.Reader) (Summary, error) {
	p := replay{in: NewReader(r), lives: map[ID]*life{}}
	err := p.run()
	return p.sum, err
}

// replay goes through a trace.
type replay struct {
	in     *Reader
	lives  map[ID]*life
	memory memory
	sum    Summary
}

func (p *replay) run() error {
	for {
		l, err := p.in.Next()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, ErrCut):
			p.sum.Cut = errors.Is(err, ErrCut)
			return p.finish()
		case err != nil:
			return err
		}
		p.sum.Lines++
		if err := p.line(numbered{l, p.in.Number()}); err != nil {
			return err
		}
	}
}

// numbered is a line and its number.
type numbered struct {
	Line
	number int
}

// line notes one. A turn, which is an input and what follows it, is played when the next one begins: what the network answered is
// known then.
func (p *replay) line(l numbered) error {
	v := p.lives[l.Node]
	switch {
	case l.In == Begin:
		if v != nil {
			if err := v.play(true); err != nil {
				return err
			}
			v.wait(-v.waiting) // its calls are never answered
		} else if len(p.lives) >= maxNodes {
			return fmt.Errorf("line %d: more than %d nodes are in the trace", l.number, maxNodes)
		}
		v, err := newLife(l, &p.memory)
		if err != nil {
			return fmt.Errorf("line %d: %w", l.number, err)
		}
		p.lives[l.Node] = v
		p.sum.Nodes++
		p.sum.Inputs++
		return nil
	case v == nil:
		return fmt.Errorf("line %d: the trace does not have the beginning of node %v: it cannot be replayed", l.number, l.Node)
	case l.In != "":
		if err := v.play(false); err != nil {
			return err
		}
		if l.In == Stop {
			p.sum.Ended++
		}
		v.input = l
		p.sum.Inputs++
	case len(v.turn) >= maxTurn:
		return fmt.Errorf("line %d: more than %d lines follow line %d: this is no trace of a node", l.number, maxTurn, v.input.number)
	default:
		v.turn = append(v.turn, l)
	}
	return nil
}

// finish plays the last turns, in the order of the trace.
func (p *replay) finish() error {
	for _, v := range slices.SortedFunc(maps.Values(p.lives), func(a, b *life) int { return a.input.number - b.input.number }) {
		if err := v.play(true); err != nil {
			return err
		}
	}
	return nil
}
