package fmq

import (
	"bufio"
	"context"
	"crypto/sha1"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// childRole makes the test's program a server or a client, for who wants to kill one.
const childRole = "FMQ_TEST_CHILD"

// runChild is such a program: its arguments are in the environment, and it works until its input ends.
func runChild(role string) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	endpoint, dir := os.Getenv("FMQ_TEST_ENDPOINT"), os.Getenv("FMQ_TEST_DIR")
	log := slog.New(slog.DiscardHandler)
	if role == "server as nobody" {
		if err := becomeNobody(); err != nil {
			fmt.Println("error", err)
			return 1
		}
		role, log = "server", slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
	}
	if role == "server" {
		s, err := Listen(ctx, ServerConfig{Endpoint: endpoint, Publish: []Publish{{Dir: dir}}, Monitor: 50 * time.Millisecond, Heartbeat: 200 * time.Millisecond,
			Cache: os.Getenv("FMQ_TEST_CACHE"), Log: log})
		if err != nil {
			fmt.Println("error", err)
			return 1
		}
		fmt.Println("endpoint", s.Endpoint())
		<-s.Done()
		return 0
	}
	c, err := Dial(ctx, ClientConfig{Servers: []string{endpoint}, Inbox: dir, Heartbeat: 200 * time.Millisecond})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	c.Subscribe(ctx, "/", Subscription{Mirror: true})
	for e := range c.Events() {
		fmt.Println(e.Type, e.Done, e.Name)
	}
	return 0
}

// child is a running one.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines chan string
}

func startChild(t *testing.T, role string, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(append(os.Environ(), childRole+"="+role), env...)
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	cmd.Stderr = os.Stderr
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, stdin: in, lines: make(chan string, 100_000)}
	go func() {
		defer close(c.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
	}()
	t.Cleanup(c.kill)
	return c
}

// kill ends it as kill -9 does.
func (c *child) kill() {
	c.cmd.Process.Kill()
	for range c.lines { // to its end, so that nobody writes any more
	}
	c.cmd.Wait()
}

// await reads lines up to the first that begins so.
func (c *child) await(t *testing.T, begin string) string {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case line, ok := <-c.lines:
			if !ok {
				t.Fatalf("it ended before it said %q", begin)
			}
			if strings.HasPrefix(line, "error") {
				t.Fatal(line)
			}
			if strings.HasPrefix(line, begin) {
				return strings.TrimPrefix(line, begin+" ")
			}
		case <-deadline:
			t.Fatalf("it does not say %q", begin)
		}
	}
}

// TestKilledAtAnyMoment kills the server or the client a hundred times while a thousand files change and travel: what is under a name is
// always one whole version of that file, and in the end everything is here.
// files.md: by its own comment C filemq does not see to it that what was sent arrives.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	const files, kills = 1000, 100
	dir, inbox, cache, outside := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	dice := rand.New(rand.NewPCG(7, 7))
	versions := map[string]map[[sha1.Size]byte]bool{}
	write := func(i int) {
		name := fmt.Sprintf("%d/%d", i%20, i)
		size := dice.IntN(20_000)
		if i%100 == 0 {
			size = 3_000_000
		}
		text := strings.Repeat(fmt.Sprintf("%08d", dice.IntN(1e8)), size/8+1)
		if versions[name] == nil {
			versions[name] = map[[sha1.Size]byte]bool{}
		}
		versions[name][sha1.Sum([]byte(text))] = true
		before := time.Now().Add(-time.Minute)
		os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
		for _, err := range []error{
			os.WriteFile(filepath.Join(outside, "x"), []byte(text), 0o644), os.Chtimes(filepath.Join(outside, "x"), before, before),
			os.Rename(filepath.Join(outside, "x"), filepath.Join(dir, name)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range files {
		write(i)
	}
	check := func() (n int) {
		for name, text := range content(t, inbox) {
			n++
			if !versions[name][sha1.Sum([]byte(text))] {
				t.Errorf("%s is no version of the file: %d octets", name, len(text))
			}
		}
		return n
	}
	server := startChild(t, "server", "FMQ_TEST_ENDPOINT=tcp://127.0.0.1:*", "FMQ_TEST_DIR="+dir, "FMQ_TEST_CACHE="+cache)
	endpoint := server.await(t, "endpoint")
	client := startChild(t, "client", "FMQ_TEST_ENDPOINT="+endpoint, "FMQ_TEST_DIR="+inbox)
	for range kills {
		for range 50 {
			write(dice.IntN(files))
		}
		// At a random moment of the transfer: so many events later, or when nothing has happened for a while.
	watch:
		for range dice.IntN(40) {
			select {
			case <-client.lines:
			case <-time.After(100 * time.Millisecond):
				break watch
			}
		}
		if dice.IntN(2) == 0 {
			server.kill()
			server = startChild(t, "server", "FMQ_TEST_ENDPOINT="+endpoint, "FMQ_TEST_DIR="+dir, "FMQ_TEST_CACHE="+cache)
			server.await(t, "endpoint")
		} else {
			client.kill()
			check()
			client = startChild(t, "client", "FMQ_TEST_ENDPOINT="+endpoint, "FMQ_TEST_DIR="+inbox)
		}
	}
	client.kill()
	client = startChild(t, "client", "FMQ_TEST_ENDPOINT="+endpoint, "FMQ_TEST_DIR="+inbox)
	client.await(t, "synced")
	// The server may have noticed the last changes since. No litter survives: what is left in the private folder is no part of a file.
	for {
		partial, err := os.ReadDir(filepath.Join(inbox, ".filemq", "partial"))
		if err == nil && len(partial) == 0 && maps.Equal(content(t, inbox), content(t, dir)) {
			break
		}
		client.await(t, "")
	}
	if n := check(); n != files {
		t.Errorf("%d files are here", n)
	}
}

// TestKilledAtHalf kills the client at half of a large file: what has come is not sent again.
// files.md (e): after kill -9 at half C filemq leaves a broken file of 539 MB, and sends nothing.
func TestKilledAtHalf(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	const size = 256 << 20
	put(t, dir, "f", strings.Repeat(random(1<<20), size>>20))
	s := listen(t, ServerConfig{}, dir)
	c := startChild(t, "client", "FMQ_TEST_ENDPOINT="+s.Endpoint(), "FMQ_TEST_DIR="+inbox)
	var here int
	for here < size/2 {
		fmt.Sscan(c.await(t, "progress"), &here)
	}
	c.kill()
	before := s.Stats().Octets
	c = startChild(t, "client", "FMQ_TEST_ENDPOINT="+s.Endpoint(), "FMQ_TEST_DIR="+inbox)
	c.await(t, "synced")
	same(t, inbox, dir)
	if again := int(s.Stats().Octets-before) + here - size; again > here/20 {
		t.Errorf("of %d octets that were here %d were sent again", here, again)
	}
}
