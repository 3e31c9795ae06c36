package share_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// childConfig is the variable that makes this program a node of its own.
const childConfig = "ZYRE_TEST_CHILD"

// childNode is what a child is told.
type childNode struct {
	UUID          zyre.UUID
	Port          uint16
	Inbox, Outbox string
	Publish       string
	As            string
	Nobody        bool
}

// child publishes a file, says what came of it, and lives until it is killed or its input ends.
func child() {
	var c childNode
	err := json.Unmarshal([]byte(os.Getenv(childConfig)), &c)
	if err == nil && c.Nobody {
		err = becomeNobody()
	}
	var node *zyre.Node
	if err == nil {
		node, err = zyre.Start(context.Background(), zyre.Config{
			Name: "child", UUID: c.UUID, Port: c.Port, Interfaces: []string{zyre.Loopback()}, Inbox: c.Inbox, Outbox: c.Outbox,
		})
	}
	if err == nil {
		err = node.Publish(c.Publish, c.As)
	}
	fmt.Printf("published: %v\n", err)
	bufio.NewReader(os.Stdin).ReadString('\n')
}

// start starts a child, which ends with the test, and gives what it says.
func (c childNode) start(t *testing.T) (process *os.Process, says string) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childConfig+"="+string(text))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	says, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd.Process, strings.TrimSpace(says)
}

// A publisher that is killed in the middle of a file and comes back under its UUID goes on where it stopped.
func TestPublisherKilled(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 8<<20)
	for range 8 {
		if killedWithin(t, content) {
			return
		}
	}
	t.Fatal("the publisher is always too fast to be killed")
}

// killedWithin returns false when all of the file was there before the publisher was dead.
func killedWithin(t *testing.T, content []byte) bool {
	dir := t.TempDir()
	cfg := zyretest.Config(t)
	c := childNode{
		UUID: zyre.NewUUID(), Port: cfg.Port, Inbox: filepath.Join(dir, "inbox"), Outbox: filepath.Join(dir, "outbox"),
		Publish: sharetest.Write(t, filepath.Join(dir, "big"), content), As: "big",
	}
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	process, says := c.start(t)
	if says != "published: <nil>" {
		t.Fatal(says)
	}
	var done int64
	whole := false
	follow(t, bob, "a part of a file", func(e zyre.Event) bool {
		done, whole = e.Done, e.Type == zyre.Deliver
		return whole || e.Type == zyre.Progress && e.Done > 0
	})
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	follow(t, bob, "exit", func(e zyre.Event) bool {
		done, whole = max(done, e.Done), whole || e.Type == zyre.Deliver
		return e.Type == zyre.Exit
	})
	if whole {
		return false
	}
	if _, says := c.start(t); says != "published: <nil>" {
		t.Fatal(says)
	}
	zyretest.Next(t, bob, zyre.Enter)
	follow(t, bob, "delivery", func(e zyre.Event) bool {
		if e.Type == zyre.Progress && e.Done < done {
			t.Errorf("%d octets were here, and then it is at %d", done, e.Done)
		}
		if e.Type == zyre.Deliver {
			sharetest.Whole(t, e, content)
		}
		return e.Type == zyre.Deliver
	})
	return true
}
