package zsocktest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// A child is told by these what it is: the first is what it says first in its messages, the other an endpoint.
const (
	childName     = "ZSOCKTEST_CHILD"
	childEndpoint = "ZSOCKTEST_ENDPOINT"
	childReady    = "zsocktest child listens at "
)

// child is the running test in a process of its own. It lives until it is killed, or its parent has ended.
type child struct {
	cmd      *exec.Cmd
	endpoint string // where it listens
}

func startChild(t *testing.T, name, endpoint string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var pattern []string
	for _, part := range strings.Split(t.Name(), "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(part)+"$")
	}
	c := &child{cmd: exec.Command(self, "-test.run="+strings.Join(pattern, "/"))}
	c.cmd.Env = append(os.Environ(), childName+"="+name, childEndpoint+"="+endpoint)
	c.cmd.Stderr = os.Stderr
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		c.kill(t)
	})
	var said strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), childReady); ok {
			c.endpoint = at
			return c
		}
		fmt.Fprintln(&said, lines.Text())
	}
	t.Fatalf("the child ended early and said: %s", &said)
	return nil
}

// kill ends the child as the system's kill -9 does, and waits until it is gone.
func (c *child) kill(t *testing.T) {
	if c.cmd.ProcessState != nil {
		return
	}
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	c.cmd.Wait() // says "killed"
}

// inChild says whether this is the child, and then sees to it that it does not outlive its parent.
func inChild() (name, endpoint string, yes bool) {
	name, endpoint = os.Getenv(childName), os.Getenv(childEndpoint)
	if name == "" {
		return "", "", false
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	return name, endpoint, true
}

// testKilledListener kills the process at the other end of a link, and listens in its place.
func testKilledListener(t *testing.T, p pairing) {
	if _, _, yes := inChild(); yes {
		c := open(t, p.listens, zsock.Options{})
		r := c.listen(zsock.ListenOptions{})
		fmt.Println(childReady + r.Endpoint())
		for { // answers until it is killed
			e, err := c.wait()
			if err != nil {
				t.Fatal(err)
			}
			r.Send(e.Peer, octets("got it"))
		}
	}
	first := startChild(t, "listener", "")
	out := open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: first.endpoint, Identity: []byte("alice")})
	n := 0
	number := func() {
		send(t, l, strconv.Itoa(n), strings.Repeat("c", 10_000), strconv.Itoa(n))
		n++
	}
	out.until(number, "got it")
	first.kill(t)
	out.told(zsock.Down, l)
	in := open(t, p.listens, zsock.Options{})
	r := in.relisten(zsock.ListenOptions{Endpoint: first.endpoint})
	// What was on its way is lost. What comes first, and all that follows, is whole and in order.
	next, begun := 0, false
	for !begun {
		number()
		var e zsock.Event
		if e, begun = in.poll(); begun {
			next = whole(t, e, 3) + 1
		}
	}
	for range 20 {
		number()
	}
	for ; next < n; next++ {
		if e := in.event(); whole(t, e, 3) != next || string(e.Peer) != "alice" {
			t.Fatalf("got message %s of %q, want %d of alice", e.Frames[0], e.Peer, next)
		}
	}
	if err := r.Send([]byte("alice"), octets("welcome")); err != nil {
		t.Fatal(err)
	}
	out.skip("got it", "welcome")
}

// whole wants a message whose first and last frame have the same number, and returns it.
func whole(t *testing.T, e zsock.Event, frames int) int {
	t.Helper()
	if len(e.Frames) != frames || string(e.Frames[0]) != string(e.Frames[frames-1]) {
		t.Fatalf("a message of %d frames is not whole, want %d", len(e.Frames), frames)
	}
	n, err := strconv.Atoi(string(e.Frames[0]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// testKilledDialer kills a process that is sending: of its last message nothing arrives, or all. Another one takes over.
func testKilledDialer(t *testing.T, p pairing) {
	big := strings.Repeat("b", 300_000)
	if name, endpoint, yes := inChild(); yes {
		c := open(t, p.dials, zsock.Options{})
		l := c.dial(zsock.DialOptions{Endpoint: endpoint, Identity: []byte("alice"), HighWater: 10})
		fmt.Println(childReady + "no endpoint")
		for n := 0; ; { // sends until it is killed
			switch err := l.Send(octets(strconv.Itoa(n), name, big, big, strconv.Itoa(n))); {
			case err == nil:
				n++
			case errors.Is(err, zsock.ErrFull):
				c.writable(l)
			default:
				t.Fatal(err)
			}
		}
	}
	in := open(t, p.listens, zsock.Options{Inbox: 10})
	endpoint := in.listen(zsock.ListenOptions{HighWater: 10}).Endpoint()
	for _, name := range []string{"first", "second"} {
		c := startChild(t, name, endpoint)
		for next := 0; next < 20; {
			e := in.event()
			n := whole(t, e, 5)
			switch {
			case string(e.Frames[1]) != name: // of the one before
			case n != next || string(e.Peer) != "alice" || string(e.Frames[2]) != big || string(e.Frames[3]) != big:
				t.Fatalf("got message %d of %q, want %d of alice, or its content differs", n, e.Peer, next)
			default:
				next++
			}
		}
		c.kill(t)
		if e, ok := in.told(zsock.Down, nil); ok && string(e.Peer) != "alice" {
			t.Errorf("Down of %q, want alice", e.Peer)
		}
	}
	for { // what was still on its way
		e, ok := in.poll()
		if !ok {
			return
		}
		whole(t, e, 5)
	}
}
