package interop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for any one event.
const patience = 20 * time.Second

// event is a line of JSON that a program of a test prints.
type event struct {
	Type     string            `json:"type"`
	Peer     string            `json:"peer,omitzero"` // READY: the program's own UUID
	Name     string            `json:"name,omitzero"`
	Addr     string            `json:"addr,omitzero"`
	Headers  map[string]string `json:"headers,omitempty"`
	Group    string            `json:"group,omitzero"`
	Msg      []string          `json:"msg,omitzero"`
	Base64   bool              `json:"base64,omitzero"`
	Cause    string            `json:"cause,omitzero"`
	Status   int               `json:"status,omitzero"`
	Sequence int               `json:"sequence,omitzero"`
	Text     string            `json:"text,omitzero"`
	Hex      string            `json:"hex,omitzero"`
}

// matches reports whether e has all that want has; what is zero in want may be
// anything. An empty Msg that is not nil wants a message of no frames.
func (e event) matches(want event) bool {
	same := func(got, want string) bool { return want == "" || got == want }
	for key, value := range want.Headers {
		if got, ok := e.Headers[key]; !ok || got != value {
			return false
		}
	}
	return e.Type == want.Type && same(e.Peer, want.Peer) && same(e.Name, want.Name) && same(e.Addr, want.Addr) &&
		same(e.Group, want.Group) && same(e.Text, want.Text) && same(e.Hex, want.Hex) &&
		(want.Msg == nil || e.Msg != nil && slices.Equal(e.Msg, want.Msg))
}

func (e event) String() string {
	line, _ := json.Marshal(e)
	return fmt.Sprintf("%.1000s", line)
}

// peer is a program that runs for the length of a test, ours or foreign.
type peer struct {
	t    testing.TB
	name string
	ID   string // from its READY
	Addr string // from its READY, if it tells
	cmd  *exec.Cmd
	in   io.WriteCloser
	done chan struct{} // closed when the program has ended

	mu       sync.Mutex
	events   []event // in the order told, less those that were awaited
	said     []string
	news     chan struct{} // has a value when something was appended
	exited   bool
	complain bytes.Buffer // standard error; to be read after done
}

// start runs a program until the end of the test, or until it ends by itself.
func start(t testing.TB, name string, cmd *exec.Cmd) *peer {
	t.Helper()
	p := &peer{t: t, name: name, cmd: cmd, done: make(chan struct{}), news: make(chan struct{}, 1)}
	cmd.Stderr = &p.complain
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err == nil {
		p.in, err = cmd.StdinPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	go p.listen(out)
	t.Cleanup(p.finish)
	return p
}

// listen reads what the program tells until it ends.
func (p *peer) listen(out io.Reader) {
	defer close(p.done)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			e = event{Type: "FAULT", Text: "no JSON: " + lines.Text()}
		}
		p.mu.Lock()
		p.events = append(p.events, e)
		p.said = append(p.said, fmt.Sprintf("%.1000s", lines.Text()))
		p.mu.Unlock()
		p.wake()
	}
	p.cmd.Wait()
	p.mu.Lock()
	p.exited = true
	p.mu.Unlock()
	p.wake()
}

func (p *peer) wake() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// finish ends the program at the end of the test and shows what it said if the
// test failed.
func (p *peer) finish() {
	p.in.Close()
	late := time.AfterFunc(5*time.Second, func() { p.cmd.Process.Kill() })
	<-p.done
	late.Stop()
	if p.t.Failed() {
		const most = 100
		said := p.said
		if len(said) > most {
			said = append([]string{fmt.Sprintf("… %d lines …", len(said)-most)}, said[len(said)-most:]...)
		}
		p.t.Logf("%s said\n%s\nand on standard error\n%s(%v)", p.name, strings.Join(said, "\n"), p.complain.String(), p.cmd.ProcessState)
	}
}

// do gives the program a command.
func (p *peer) do(words ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, strings.Join(words, "\t")+"\n"); err != nil {
		p.t.Fatalf("%s does not take %q: %v", p.name, words, err)
	}
}

// quit tells the program to leave politely and waits until it has.
func (p *peer) quit() {
	p.t.Helper()
	p.do("quit")
	p.gone()
}

// gone waits until the program has ended.
func (p *peer) gone() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end", p.name)
	}
}

// await waits for an event that was not awaited before, any of those wanted.
// Others stay for later.
func (p *peer) await(wants ...event) (event, error) {
	deadline := time.After(patience)
	for next := 0; ; {
		p.mu.Lock()
		for ; next < len(p.events); next++ {
			e := p.events[next]
			switch {
			case slices.ContainsFunc(wants, e.matches):
				p.events = slices.Delete(p.events, next, next+1)
				p.mu.Unlock()
				return e, nil
			case e.Type == "FAULT" || e.Type == "FAILED":
				p.mu.Unlock()
				return e, fmt.Errorf("%s: instead of %v: %v", p.name, wants, e)
			}
		}
		exited := p.exited
		p.mu.Unlock()
		if exited {
			return event{}, fmt.Errorf("%s ended before %v", p.name, wants)
		}
		select {
		case <-p.news:
		case <-deadline:
			return event{}, fmt.Errorf("%s did not tell %v within %v", p.name, wants, patience)
		}
	}
}

// expect is await that ends the test when the event does not come.
func (p *peer) expect(wants ...event) event {
	p.t.Helper()
	e, err := p.await(wants...)
	if err != nil {
		p.t.Fatal(err)
	}
	return e
}

// never fails the test if the program has told such an event so far. The caller
// has to have waited for something that comes after it.
func (p *peer) never(want event) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e.matches(want) {
			p.t.Errorf("%s told %v", p.name, e)
		}
	}
}

// ready waits for the program to be there and learns who it is.
func (p *peer) ready() *peer {
	p.t.Helper()
	e := p.expect(event{Type: "READY"})
	p.ID, p.Addr = e.Peer, e.Addr
	return p
}
