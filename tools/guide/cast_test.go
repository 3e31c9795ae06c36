package guide_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for anything.
const patience = 30 * time.Second

// cast is the programs that a script has started, by the names that it gave them.
type cast map[string]*program

// castKey is where a script's values have its cast.
type castKey struct{}

// program is one that runs, or has run.
type program struct {
	cmd   *exec.Cmd
	input io.WriteCloser
	ended chan struct{} // closed when it has ended
	err   error         // how it ended
	more  chan struct{} // has a value when output has grown

	mu     sync.Mutex
	output bytes.Buffer
	met    int // how many octets of it the script has met
}

// Write takes what the program prints.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.more <- struct{}{}:
	default:
	}
	return p.output.Write(b)
}

// String is all that the program has printed.
func (p *program) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// meets says whether what the script has not met yet has whole lines that match, and if so goes on behind them.
func (p *program) meets(lines *regexp.Regexp) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	rest := p.output.Bytes()[p.met:]
	at := lines.FindIndex(rest[:bytes.LastIndexByte(rest, '\n')+1])
	if at == nil {
		return false
	}
	p.met += at[1]
	return true
}

// end stops all that still run.
func (c cast) end() {
	for _, p := range c {
		p.cmd.Process.Kill()
		<-p.ended
	}
}

// find is the program of that name.
func find(ts *testscript.TestScript, name string) *program {
	p := ts.Value(castKey{}).(cast)[name]
	if p == nil {
		ts.Fatalf("%s was not started", name)
	}
	return p
}

// tell ends the script, with the whole story.
func tell(ts *testscript.TestScript, format string, args ...any) {
	for name, p := range ts.Value(castKey{}).(cast) {
		ts.Logf("[%s printed]\n%s", name, p)
	}
	ts.Fatalf(format, args...)
}

// start NAME PROGRAM [ARGUMENT]...: lets a program run beside the script.
func start(programs string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 2 {
			ts.Fatalf("usage: start NAME PROGRAM [ARGUMENT]...")
		}
		all := ts.Value(castKey{}).(cast)
		if all[args[0]] != nil {
			ts.Fatalf("%s was started before", args[0])
		}
		cmd := exec.Command(filepath.Join(programs, args[1]), args[2:]...)
		p := &program{cmd: cmd, ended: make(chan struct{}), more: make(chan struct{}, 1)}
		cmd.Env = []string{"GORACE=" + ts.Getenv("GORACE")}
		cmd.Stdout, cmd.Stderr = p, p
		var err error
		p.input, err = cmd.StdinPipe()
		ts.Check(err)
		ts.Check(cmd.Start())
		go func() {
			p.err = cmd.Wait()
			close(p.ended)
		}()
		all[args[0]] = p
	}
}

// hears NAME LINES: waits until the program has printed lines that match the regular expression, behind those of the last hears.
func hears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hears NAME LINES")
	}
	wait(ts, args[0], args[1], nil, func() {})
}

// reach SPEAKER TEXT NAME LINES: the speaker types the text, again and again, until the program NAME has printed such lines.
// A PUB socket drops what it sends before a subscriber is there, so once may not be enough.
func reach(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: reach SPEAKER TEXT NAME LINES")
	}
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	speaker := find(ts, args[0])
	wait(ts, args[2], args[3], again.C, func() {
		if _, err := fmt.Fprintln(speaker.input, args[1]); err != nil {
			tell(ts, "%s does not listen: %v", args[0], err)
		}
	})
}

// wait returns once the program has printed such lines; at each beat it does what it is told.
func wait(ts *testscript.TestScript, name, lines string, beat <-chan time.Time, do func()) {
	p := find(ts, name)
	re, err := regexp.Compile("(?m:" + lines + ")")
	ts.Check(err)
	late := time.After(patience)
	for !p.meets(re) {
		select {
		case <-p.more:
		case <-beat:
			do()
		case <-p.ended:
			if !p.meets(re) {
				tell(ts, "%s ended (%v) without %q", name, p.cmd.ProcessState, lines)
			}
			return
		case <-late:
			tell(ts, "%s did not print %q within %v", name, lines, patience)
		}
	}
}

// leave NAME: ends the program's input; it shall then end by itself, with success.
func leave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: leave NAME")
	}
	p := find(ts, args[0])
	ts.Check(p.input.Close())
	select {
	case <-p.ended:
	case <-time.After(patience):
		tell(ts, "%s did not end", args[0])
	}
	if p.err != nil {
		tell(ts, "%s: %v", args[0], p.err)
	}
}

// crash NAME: ends the program without a warning.
func crash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: crash NAME")
	}
	p := find(ts, args[0])
	if strings.Contains(p.String(), "DATA RACE") {
		tell(ts, "%s has a data race", args[0])
	}
	ts.Check(p.cmd.Process.Kill())
	<-p.ended
}

// holes FILE OCTETS: makes a file of that size of which nothing but the last octets is on the disk.
func holes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: holes FILE OCTETS")
	}
	const last = "the end"
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	_, err = file.WriteAt([]byte(last), size-int64(len(last)))
	ts.Check(err)
}
