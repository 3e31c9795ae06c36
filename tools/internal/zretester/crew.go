package zretester

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// team is the pool, in this process or in several.
type team interface {
	run(ctx context.Context) // lets nodes live until ctx is done; then they only listen
	figures() []figure       // of each node if there are few, or of each process
	close()
}

// crew is a team of processes.
type crew struct {
	members []*member
	merger  *merger
	trouble func(error)
	kill    time.Duration // about so often one is killed; 0: never
	rng     *rand.Rand
	running sync.WaitGroup

	mu     sync.Mutex
	lost   int    // members that are gone for good
	nobody func() // called when all are
}

// member is one place for a process in a crew.
type member struct {
	number  int
	command func() *exec.Cmd
	task    task
	roster  *roster

	mu       sync.Mutex
	cmd      *exec.Cmd
	in       io.WriteCloser
	rested   chan struct{} // closed when its nodes rest, or it has ended
	ended    chan struct{} // closed when it has, and all that it said was taken
	expected bool          // that it ends
	lives    uint64        // processes that were here
	last     time.Time     // of its latest observation
	now      []figure
	past     figure
	said     tail
}

// start begins the process and reads what it says.
func (c *crew) start(m *member) error {
	cmd := m.command()
	cmd.Stderr = &m.said
	cmd.SysProcAttr = apart()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	m.task.Seed++ // who comes in its place chooses anew
	m.task.Label = fmt.Sprintf("p%d.%d.", m.number, m.lives+1)
	text, err := json.Marshal(m.task)
	if err != nil {
		return err
	}
	c.merger.begin(m.number, time.Now())
	if err := cmd.Start(); err != nil {
		c.merger.end(m.number)
		return err
	}
	m.mu.Lock()
	m.cmd, m.in, m.expected, m.lives = cmd, in, false, m.lives+1
	m.rested, m.ended = make(chan struct{}), make(chan struct{})
	rested, ended := m.rested, m.ended
	m.mu.Unlock()
	_, _ = in.Write(append(text, '\n')) // if it takes nothing it has ended, and that is told
	c.running.Go(func() {
		defer close(ended)
		rest := sync.OnceFunc(func() { close(rested) })
		defer rest()
		err := readLines(newSpool(out), func(l line) { c.hear(m, l, rest) })
		c.gone(m, cmd.Wait(), err)
	})
	return nil
}

// hear takes a line of a process.
func (c *crew) hear(m *member, l line, rest func()) {
	switch {
	case l.Observed != nil:
		m.mu.Lock()
		if l.Observed.At.After(m.last) {
			m.last = l.Observed.At
		}
		m.mu.Unlock()
		m.roster.watch(m.number, l.Observed)
		c.merger.add(m.number, *l.Observed)
	case l.Figures != nil:
		c.merger.alive(m.number, l.At)
		m.mu.Lock()
		m.now = l.Figures
		m.mu.Unlock()
	case l.Trouble != "":
		c.trouble(fmt.Errorf("process %d: %s", m.number, l.Trouble))
	case l.Rested:
		rest()
	}
}

// gone notes that a process has ended, and its nodes with it.
func (c *crew) gone(m *member, end, read error) {
	m.mu.Lock()
	expected, last := m.expected, m.last
	m.expected = true // nobody needs to kill it
	for _, f := range m.now {
		f.Running, f.Memory, f.Open = 0, 0, 0
		m.past.add(f)
	}
	m.now = nil
	m.mu.Unlock()
	switch {
	case read != nil:
		c.trouble(fmt.Errorf("process %d: %w", m.number, read))
	case !expected && end == nil:
		c.trouble(fmt.Errorf("process %d ended by itself", m.number))
	case !expected:
		c.trouble(fmt.Errorf("process %d ended by itself: %w%s", m.number, end, m.said.words()))
	}
	if !expected {
		c.lose()
	}
	for _, id := range m.roster.take(m.number) {
		c.merger.add(m.number, history.Observation{At: last, Kind: history.ObservedStop, Node: id, How: history.Killed})
	}
	c.merger.end(m.number)
}

// lose notes that a process is gone, and nothing comes in its place.
func (c *crew) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost++; c.lost == len(c.members) {
		c.nobody()
	}
}

// run lets the processes work until ctx is done, or no process is left.
func (c *crew) run(ctx context.Context) {
	ctx, c.nobody = context.WithCancel(ctx)
	defer c.nobody()
	for _, m := range c.members {
		if err := c.start(m); err != nil {
			c.trouble(fmt.Errorf("process %d does not start: %w", m.number, err))
			c.lose()
		}
	}
	c.killing(ctx)
	for _, m := range c.members {
		m.mu.Lock()
		if m.in != nil {
			_, _ = m.in.Write([]byte("rest\n"))
		}
		m.mu.Unlock()
	}
	late := time.After(resting)
	for _, m := range c.members {
		if m.rested == nil {
			continue
		}
		select {
		case <-m.rested:
		case <-late: // it hangs: it is not waited for
			c.trouble(fmt.Errorf("process %d does not come to rest within %v", m.number, resting))
			m.slay()
			late = time.After(0) // nor are the others, for longer
		}
	}
}

// resting is how long the processes have, together, to end what they are at.
const resting = 30 * time.Second

// killing kills a process every now and then, until ctx is done.
func (c *crew) killing(ctx context.Context) {
	if c.kill == 0 {
		<-ctx.Done()
		return
	}
	for {
		if !sleep(ctx, about(c.rng, c.kill)) {
			return
		}
		m := c.members[c.rng.IntN(len(c.members))]
		if !m.slay() {
			continue
		}
		if !sleep(ctx, about(c.rng, min(pause, c.kill))) {
			return
		}
		if err := c.start(m); err != nil {
			c.trouble(fmt.Errorf("process %d does not start again: %w", m.number, err))
			c.lose()
		}
	}
}

// pause is about how long the place of a process that was killed stays empty.
const pause = 3 * time.Second

// slay kills the process and waits until all that it said is known.
func (m *member) slay() bool {
	m.mu.Lock()
	if m.cmd == nil || m.expected {
		m.mu.Unlock()
		return false
	}
	m.expected = true
	m.last = time.Now().Round(0) // its end is not before this
	ended := m.ended
	_ = m.cmd.Process.Kill()
	m.mu.Unlock()
	<-ended
	return true
}

// close ends the processes and waits for them.
func (c *crew) close() {
	for _, m := range c.members {
		m.mu.Lock()
		m.expected = true
		if m.in != nil {
			_ = m.in.Close()
			late := time.AfterFunc(patience, func() { _ = m.cmd.Process.Kill() })
			defer late.Stop()
		}
		m.mu.Unlock()
	}
	c.running.Wait()
}

// patience is how long a process may take to end.
const patience = 20 * time.Second

func (c *crew) figures() []figure {
	var all []figure
	for _, m := range c.members {
		m.mu.Lock()
		f := m.past
		f.add(sum(m.now))
		f.Name = fmt.Sprintf("process %d", m.number)
		m.mu.Unlock()
		all = append(all, f)
	}
	return all
}

// sleep waits, and tells whether it was not interrupted.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tail keeps the end of what a process complained of.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const maxTail = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if more := len(t.text) - maxTail; more > 0 {
		t.text = t.text[more:]
	}
	return len(p), nil
}

func (t *tail) words() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return ""
	}
	return ": it says " + show.Text(strings.TrimSpace(string(t.text)))
}
