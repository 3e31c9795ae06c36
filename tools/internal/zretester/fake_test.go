package zretester

import (
	"context"
	"slices"
	"sync"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// fake is a node that does nothing by itself.
type fake struct {
	name   string
	events chan zyre.Event
	once   sync.Once
	err    error // of every call, and at the end

	mu    sync.Mutex
	calls []call
}

// call is one that a fake got.
type call struct {
	what  string
	peer  zyre.UUID
	group string
	msg   [][]byte
}

func newFake(name string) *fake { return &fake{name: name, events: make(chan zyre.Event)} }

func (f *fake) note(c call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, c)
	return f.err
}

func (f *fake) Events() <-chan zyre.Event { return f.events }
func (f *fake) Err() error                { return f.err }
func (f *fake) Close() error              { f.once.Do(func() { close(f.events) }); return nil }
func (f *fake) Join(group string) error   { return f.note(call{what: "join", group: group}) }
func (f *fake) Leave(group string) error  { return f.note(call{what: "leave", group: group}) }
func (f *fake) Whisper(peer zyre.UUID, msg ...[]byte) error {
	return f.note(call{what: "whisper", peer: peer, msg: msg})
}
func (f *fake) Shout(group string, msg ...[]byte) error {
	return f.note(call{what: "shout", group: group, msg: msg})
}

// count tells how many of these calls it got.
func (f *fake) count(what string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if c.what == what {
			n++
		}
	}
	return n
}

// stage is where fakes play, and what was written down of it.
type stage struct {
	mu       sync.Mutex
	fakes    []*fake
	fail     error // of the next start
	seen     []history.Observation
	troubles []error
}

func (s *stage) notes() notes {
	return notes{
		Recorder: history.NewRecorder(func(o history.Observation) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.seen = append(s.seen, o)
		}),
		trouble: func(err error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.troubles = append(s.troubles, err)
		},
	}
}

func (s *stage) start(_ context.Context, _ zyre.UUID, name string) (node, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	f := newFake(name)
	s.fakes = append(s.fakes, f)
	return f, nil
}

// count tells how many observations of a kind there are.
func (s *stage) count(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(slices.Collect(func(yield func(int) bool) {
		for i, o := range s.seen {
			if o.Kind == kind && !yield(i) {
				return
			}
		}
	}))
}
