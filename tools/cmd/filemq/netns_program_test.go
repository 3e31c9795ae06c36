package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// Bounds of a test's waiting.
const (
	patience = 90 * time.Second // for any one line
	lifetime = 5 * time.Minute  // of a program, which is killed then
)

// program is a filemq that runs until the end of the test, or until it ends by
// itself.
type program struct {
	t     *testing.T
	name  string
	cmd   *exec.Cmd
	lines chan line // of both its streams
	done  chan struct{}
	here  int64 // octets of the present file, by the last progress that was heard

	mu   sync.Mutex
	said []string // all that it has printed
}

// line is what a program has printed; if that is JSON, what it says.
type line struct {
	text             string
	Type, Path       string
	Size, Done, Sent int64
	Time             time.Time
}

// run starts a filemq on a host.
func run(t *testing.T, name string, on *netlab.Host, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), lifetime)
	cmd := on.Command(ctx, "filemq", args...)
	// A program under the race detector waits a second before it ends.
	cmd.Env = append(os.Environ(), "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0")
	p := &program{t: t, name: name, cmd: cmd, lines: make(chan line, 1<<16), done: make(chan struct{})}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	complaints, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	readers.Go(func() { p.listen(out) })
	readers.Go(func() { p.listen(complaints) })
	go func() {
		readers.Wait()
		_ = cmd.Wait()
		close(p.lines)
		close(p.done)
	}()
	t.Cleanup(func() { p.finish(); cancel() })
	return p
}

func (p *program) listen(r io.Reader) {
	scan := bufio.NewScanner(r)
	for scan.Scan() {
		l := line{text: scan.Text()}
		if strings.HasPrefix(l.text, "{") {
			_ = json.Unmarshal(scan.Bytes(), &l)
		}
		p.mu.Lock()
		p.said = append(p.said, l.text)
		p.mu.Unlock()
		p.lines <- l
	}
}

// finish interrupts the program, if it still runs, and asserts that it leaves
// well.
func (p *program) finish() {
	select {
	case <-p.done:
	default:
		_ = p.cmd.Process.Signal(os.Interrupt)
		late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
		<-p.done
		late.Stop()
		if code := p.cmd.ProcessState.ExitCode(); code != 0 {
			p.t.Errorf("%s was interrupted and ended with %d: %v", p.name, code, p.cmd.ProcessState)
		}
	}
	if p.t.Failed() {
		p.t.Log(p.transcript())
	}
}

// count tells in how many lines of all so far the text is.
func (p *program) count(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, line := range p.said {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// transcript is what the program printed, less progress and the middle.
func (p *program) transcript() string {
	const ends = 40
	p.mu.Lock()
	defer p.mu.Unlock()
	var said []string
	for _, text := range p.said {
		if !strings.Contains(text, `"type":"progress"`) {
			said = append(said, text)
		}
	}
	if len(said) > 2*ends {
		said = append(append(said[:ends:ends], "…"), said[len(said)-ends:]...)
	}
	return fmt.Sprintf("[%s printed]\n%s", p.name, strings.Join(said, "\n"))
}

// hear waits for a line that matches, and drops those before it.
func (p *program) hear(match string) line {
	p.t.Helper()
	l, ok := p.listenFor(match, patience)
	if !ok {
		p.t.Fatalf("%s does not print %q", p.name, match)
	}
	return l
}

// never asserts that no line matches in that time.
func (p *program) never(match string, during time.Duration) {
	p.t.Helper()
	if l, ok := p.listenFor(match, during); ok {
		p.t.Fatalf("%s prints %s", p.name, l.text)
	}
	select {
	case <-p.done:
		p.t.Fatalf("%s has ended: %v", p.name, p.cmd.ProcessState)
	default:
	}
}

func (p *program) listenFor(match string, during time.Duration) (line, bool) {
	re := regexp.MustCompile(match)
	timer := time.NewTimer(during)
	defer timer.Stop()
	for {
		select {
		case l, more := <-p.lines:
			if l.Type == "progress" {
				p.here = l.Done
			}
			if !more || re.MatchString(l.text) {
				return l, more
			}
		case <-timer.C:
			return line{}, false
		}
	}
}

// end waits for the program's end, at the latest that of its lifetime, and
// returns its exit code.
func (p *program) end() int {
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// signal sends one that Go does not know everywhere, such as STOP.
func (p *program) signal(name string) {
	p.t.Helper()
	out, err := exec.Command("sh", "-c", "kill -"+name+" "+strconv.Itoa(p.cmd.Process.Pid)).CombinedOutput()
	if err != nil {
		p.t.Fatalf("kill -%s: %v: %s", name, err, out)
	}
}
