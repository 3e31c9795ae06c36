package scripttest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// deadline is how long a test waits for anything.
const deadline = 30 * time.Second

// program is a process that a script talks with.
type program struct {
	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   map[string]*output // stdout, stderr
	done  chan struct{}
	code  int
}

type (
	key      struct{}
	programs map[string]*program
)

// output collects the lines of a stream.
type output struct {
	mu    sync.Mutex
	lines []string
	heard int
	ended bool
	more  chan struct{} // closed and replaced with each line
}

func (o *output) read(r io.Reader) {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 16<<20)
	for scan.Scan() {
		o.add(scan.Text(), false)
	}
	o.add("", true)
}

func (o *output) add(line string, end bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if end {
		o.ended = true
	} else {
		o.lines = append(o.lines, line)
	}
	close(o.more)
	o.more = make(chan struct{})
}

// next returns the first line that matches and was not heard, or one before it
// that is wrong, and otherwise a channel that tells of more.
func (o *output) next(re, wrong *regexp.Regexp) (line string, found, ended bool, more chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := o.heard; i < len(o.lines); i++ {
		if wrong != nil && wrong.MatchString(o.lines[i]) {
			return o.lines[i], false, false, nil
		}
		if re.MatchString(o.lines[i]) {
			o.heard = i + 1
			return o.lines[i], true, false, nil
		}
	}
	return "", false, o.ended, o.more
}

// transcript is everything that a program printed, for a failing test.
func (p *program) transcript() string {
	var b strings.Builder
	for _, name := range []string{"stdout", "stderr"} {
		o := p.out[name]
		o.mu.Lock()
		fmt.Fprintf(&b, "[%s %s]\n%s\n", p.name, name, strings.Join(o.lines, "\n"))
		o.mu.Unlock()
	}
	return b.String()
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start HANDLE[@HOST] PROGRAM [ARG]…")
	}
	handle, on, _ := strings.Cut(args[0], "@")
	path, err := lookPath(ts, args[1])
	ts.Check(err)
	p := &program{name: handle, cmd: command(ts, on, path, args[2:]), done: make(chan struct{}),
		out: map[string]*output{"stdout": {more: make(chan struct{})}, "stderr": {more: make(chan struct{})}}}
	p.cmd.Dir = ts.MkAbs(".")
	p.cmd.Env = os.Environ()
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "GORACE", "LO", "PORT", "TRANSPORT"} {
		p.cmd.Env = append(p.cmd.Env, name+"="+ts.Getenv(name))
	}
	p.stdin, err = p.cmd.StdinPipe()
	ts.Check(err)
	stdout, err := p.cmd.StdoutPipe()
	ts.Check(err)
	stderr, err := p.cmd.StderrPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	var readers sync.WaitGroup
	readers.Go(func() { p.out["stdout"].read(stdout) })
	readers.Go(func() { p.out["stderr"].read(stderr) })
	go func() {
		readers.Wait()
		_ = p.cmd.Wait()
		p.code = p.cmd.ProcessState.ExitCode()
		close(p.done)
	}()
	ts.Defer(func() {
		_ = p.stdin.Close() // what a shell started holds our pipes as well
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	ts.Value(key{}).(programs)[p.name] = p
}

// lookPath finds a program in the script's own PATH.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("start: %s is not in PATH", name)
}

// find returns the program of a handle.
func find(ts *testscript.TestScript, neg bool, args []string, usage string, least int) *program {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
	p := ts.Value(key{}).(programs)[args[0]]
	if p == nil {
		ts.Fatalf("%s was not started", args[0])
	}
	return p
}

func say(ts *testscript.TestScript, neg bool, args []string) {
	p := find(ts, neg, args, "say HANDLE TEXT…", 2)
	_, err := io.WriteString(p.stdin, strings.Join(args[1:], " ")+"\n")
	ts.Check(err)
}

func hear(ts *testscript.TestScript, neg bool, args []string) {
	p := find(ts, neg, args, "hear HANDLE stdout|stderr REGEXP [WRONG]", 3)
	o := p.out[args[1]]
	if o == nil {
		ts.Fatalf("hear: stdout or stderr?")
	}
	re, err := regexp.Compile(args[2])
	ts.Check(err)
	var wrong *regexp.Regexp
	if len(args) > 3 {
		wrong, err = regexp.Compile(args[3])
		ts.Check(err)
	}
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	for {
		line, found, ended, more := o.next(re, wrong)
		switch {
		case !found && line != "":
			ts.Fatalf("%s printed %q before %q\n%s", p.name, line, args[2], p.transcript())
		case found:
			ts.Logf("[%s] %s", p.name, line)
			return
		case ended:
			ts.Fatalf("%s ended without %q\n%s", p.name, args[2], p.transcript())
		}
		select {
		case <-more:
		case <-timer.C:
			ts.Fatalf("%s did not print %q\n%s", p.name, args[2], p.transcript())
		}
	}
}

func never(ts *testscript.TestScript, neg bool, args []string) {
	p := find(ts, neg, args, "never HANDLE stdout|stderr REGEXP", 3)
	select {
	case <-p.done:
	default:
		ts.Fatalf("never: %s still runs: end comes first", p.name)
	}
	o := p.out[args[1]]
	if o == nil {
		ts.Fatalf("never: stdout or stderr?")
	}
	re, err := regexp.Compile(args[2])
	ts.Check(err)
	for _, line := range o.lines {
		if re.MatchString(line) {
			ts.Fatalf("%s printed %q\n%s", p.name, line, p.transcript())
		}
	}
}

func eof(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(find(ts, neg, args, "eof HANDLE", 1).stdin.Close())
}

func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	p := find(ts, neg, args, "signal HANDLE INT|TERM|HUP|KILL", 2)
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": os.Kill}
	s, known := signals[args[1]]
	if !known {
		ts.Fatalf("signal: no %s", args[1])
	}
	ts.Check(p.cmd.Process.Signal(s))
}

func end(ts *testscript.TestScript, neg bool, args []string) {
	p := find(ts, neg, args, "end HANDLE CODE", 2)
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	timer := time.NewTimer(deadline)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		ts.Fatalf("%s does not end\n%s", p.name, p.transcript())
	}
	if p.code != want {
		ts.Fatalf("%s ended with %d, want %d\n%s", p.name, p.code, want, p.transcript())
	}
	ts.Logf("[%s ended with %d]", p.name, p.code)
}
