package filemq

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/interop/zmtp"
	"github.com/zeromq/gozyre/tools/netlab"
)

// patience is how long a test waits for any one event.
const patience = 30 * time.Second

// event is a line of JSON that a peer prints.
type event struct {
	Type, Name, Text, Addr, SHA1 string
	Size, Disk                   int64 // of a file as it came; of what the disk holds then
}

// peer is a program of folder peers, which runs until the end of the test.
type peer struct {
	t        *testing.T
	name     string
	addr     string // a server's endpoint
	cmd      *exec.Cmd
	in       io.WriteCloser
	events   chan event
	done     chan struct{} // closed when it has ended
	complain bytes.Buffer  // to be read after done
}

// run starts a peer and waits until it is ready.
func run(t *testing.T, name string, args ...string) *peer {
	t.Helper()
	python, err := zmtp.Python()
	if err != nil {
		netlab.Refuse(t, err.Error())
	}
	p := &peer{t: t, name: name, events: make(chan event, 100_000), done: make(chan struct{})}
	p.cmd = exec.Command(python, append([]string{"-B", "peers/" + name}, args...)...)
	p.cmd.Stderr, p.cmd.WaitDelay = &p.complain, time.Second
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.in, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go p.listen(out)
	t.Cleanup(p.end)
	p.addr = p.expect("READY").Addr
	return p
}

func (p *peer) listen(out io.Reader) {
	defer close(p.done)
	defer close(p.events)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			e = event{Type: "FAULT", Text: "no JSON: " + lines.Text()}
		}
		p.events <- e
	}
	p.cmd.Wait()
}

// end ends the peer politely, and tells what it complains of.
func (p *peer) end() {
	p.in.Close()
	late := time.AfterFunc(5*time.Second, func() { p.cmd.Process.Kill() })
	for e := range p.events {
		if e.Type == "FAULT" {
			p.t.Errorf("%s: at last: %+v", p.name, e)
		}
	}
	<-p.done
	late.Stop()
	if p.complain.Len() > 0 {
		p.t.Errorf("%s: %s", p.name, p.complain.String())
	}
}

// kill ends the peer without a word.
func (p *peer) kill() {
	p.cmd.Process.Kill()
	<-p.done
}

func (p *peer) do(command string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, command+"\n"); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// next waits for an event of any type. A FAULT ends the test.
func (p *peer) next() event {
	p.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case e, ok := <-p.events:
		if !ok {
			p.t.Fatalf("%s has ended", p.name)
		}
		if e.Type == "FAULT" {
			p.t.Fatalf("%s: %+v", p.name, e)
		}
		return e
	case <-timer.C:
		p.t.Fatalf("%s tells nothing more", p.name)
	}
	panic("not reached")
}

// passing are events that may come at any time.
const passing = "PROTOCOL-ERROR HUGZ HUGZ-OK FINISHED"

// expect waits for an event of that type. Before it only passing ones may come.
func (p *peer) expect(kind string) event {
	p.t.Helper()
	for {
		e := p.next()
		if e.Type == kind {
			return e
		}
		if !strings.Contains(passing, e.Type) {
			p.t.Fatalf("%s: got %+v, want %s", p.name, e, kind)
		}
	}
}

// endpoint is a free one on loopback that stays the same when what listens there ends and begins anew.
func endpoint(t *testing.T) string {
	t.Helper()
	s := run(t, "server.py", "tcp://127.0.0.1:*", t.TempDir(), "/")
	s.end()
	return s.addr
}

// put writes a file that was last written to a minute ago. It appears whole.
func put(t *testing.T, dir, name, content string) {
	t.Helper()
	outside := t.TempDir() + "/x"
	before := time.Now().Add(-time.Minute)
	target := dir + "/" + name
	for _, err := range []error{
		os.WriteFile(outside, []byte(content), 0o644), os.Chtimes(outside, before, before),
		os.MkdirAll(target[:strings.LastIndexByte(target, '/')], 0o755), os.Rename(outside, target),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// putMany writes files of that size in a folder, which appears whole.
func putMany(t *testing.T, dir, folder string, n, size int) map[string]string {
	t.Helper()
	outside, before := t.TempDir()+"/x", time.Now().Add(-time.Minute)
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for i := range n {
		name, content := fmt.Sprintf("%04d", i), pattern(size, i)
		if err := os.WriteFile(outside+"/"+name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(outside+"/"+name, before, before)
		files[folder+"/"+name] = content
	}
	if err := os.Rename(outside, dir+"/"+folder); err != nil {
		t.Fatal(err)
	}
	return files
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(dir + "/" + name); err != nil {
		t.Fatal(err)
	}
}

// pattern is content of that size.
func pattern(size, seed int) string {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i) ^ byte(i>>8) ^ byte(i>>16) ^ byte(seed) ^ byte(seed>>8)*3
	}
	return string(b)
}

// until waits until something is so that no event tells.
func until(t *testing.T, so func() bool) {
	t.Helper()
	deadline, again := time.After(patience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatal("it does not come to be so")
		}
	}
}
