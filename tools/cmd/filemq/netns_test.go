package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// The tests of these files run server and client on two hosts (package netlab)
// whose network does what networks do.

// Who has a password gets everything; who has not is told, and gets nothing.
func TestPasswordOverNetwork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.share("a.txt", 6)
	s.share("empty", 0)
	s.share("deep/er/b c", 70_000)
	s.share("deep/large", 5_000_000)
	password := file(t, "secret\n")
	server := s.serve("--user", "alice", "--password-file", password)

	client := s.get("--once", "--user", "alice", "--password-file", password)
	if code := client.end(); code != 0 {
		t.Fatalf("the client ended with %d", code)
	}
	s.whole()
	server.hear(`a client is in.*login=alice`)
	programs := []*program{server, client}

	s.inbox = filepath.Join(t.TempDir(), "nothing")
	for _, who := range []struct{ what, login, password string }{
		{"a wrong password", "alice", file(t, "guess\n")},
		{"an unknown login", "mallory", password},
	} {
		client := s.get("--once", "--user", who.login, "--password-file", who.password)
		programs = append(programs, client)
		client.hear(`^filemq: tcp://10\.77\.0\.1:5670: the server refuses us: .*: are login and password right, and may they have the path\?$`)
		if code := client.end(); code != 1 {
			t.Errorf("with %s the client ended with %d, not 1", who.what, code)
		}
		server.hear(`a client is refused`)
	}
	if got := content(t, s.inbox); len(got) > 0 {
		t.Errorf("without password there came %d files", len(got))
	}
	for _, p := range programs {
		if p.count("secret")+p.count("guess") > 0 {
			t.Errorf("%s prints a password:\n%s", p.name, p.transcript())
		}
	}
}

// What is made and deleted here is made and deleted there.
func TestMirrorOverNetwork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.share("old", 1000)
	password := file(t, "secret\n")
	s.serve("--user", "alice", "--password-file", password)
	client := s.get("--mirror", "--user", "alice", "--password-file", password)
	client.hear(`"type":"synced"`)
	s.whole()

	written := s.write("folder/new", 100_000)
	here := client.hear(`"type":"deliver".*"path":"/folder/new"`)
	s.whole()
	t.Logf("delivered %v after it was stable", here.Time.Sub(written)-time.Second)

	for _, name := range []string{"old", "folder/new"} {
		before := time.Now()
		if err := os.Remove(filepath.Join(s.shared, name)); err != nil {
			t.Fatal(err)
		}
		gone := client.hear(`"type":"delete".*"path":"/` + name + `"`)
		s.whole()
		t.Logf("deleted %v after the original", gone.Time.Sub(before))
	}
}

// The network is gone for a minute, in the middle of a file.
func TestNetworkGoneForAMinute(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(s *site) (restore func()){
		"packets are lost": func(s *site) func() {
			lost := s.client.Drop(netlab.In, "iifname eth0")
			heard := s.server.Drop(netlab.In, "iifname eth0")
			return func() { lost.Undo(); heard.Undo() }
		},
		"cable is out": func(s *site) func() {
			s.atServer.Cut()
			return s.atServer.Restore
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server, client := amidst(t)
			restore := cut(s)
			client.hear(`"type":"lost".*"cause":"[^"]*silent`)
			server.hear(`a client is gone`)
			client.never(`"type":"(connected|deliver|denied)"`, time.Minute)
			restore()
			back := time.Now()
			s.goesOn(client)
			t.Logf("whole %v after the network came back", time.Since(back))
		})
	}
}

// The client moves to another address, in the middle of a file.
func TestClientMoves(t *testing.T) {
	t.Parallel()
	s, server, client := amidst(t)
	s.client.Output("ip", "address", "delete", "10.77.0.2/24", "dev", "eth0")
	s.client.Output("ip", "address", "add", "10.77.0.3/24", "broadcast", "+", "dev", "eth0")
	s.goesOn(client)
	server.hear(`a client is gone`)
}

// The server stands still for longer than the client bears, in the middle of a
// file.
func TestServerSuspended(t *testing.T) {
	t.Parallel()
	s, server, client := amidst(t)
	server.signal("STOP")
	client.hear(`"type":"lost".*"cause":"[^"]*silent`)
	server.signal("CONT")
	s.goesOn(client)
	server.hear(`a client is gone`)
}

// The client stands still for longer than the server bears, in the middle of a
// file.
func TestClientSuspended(t *testing.T) {
	t.Parallel()
	s, server, client := amidst(t)
	client.signal("STOP")
	server.hear(`a client is gone`)
	client.signal("CONT")
	s.goesOn(client)
}

// amidst has a client in the middle of a large file.
func amidst(t *testing.T) (s *site, server, client *program) {
	t.Helper()
	s = newSite(t)
	s.throttle(8)
	s.share("large", 40_000_000)
	server = s.serve()
	client = s.get("--resync")
	server.hear(`a client is in`)
	client.hear(`"type":"connected"`)
	for client.here < 16_000_000 {
		client.hear(`"type":"progress"`)
	}
	return s, server, client
}

// goesOn asserts that the client reconnects and gets the rest of the file, and
// hardly anything again of what had arrived.
func (s *site) goesOn(client *program) {
	s.t.Helper()
	client.hear(`"type":"connected"`)
	arrived := client.here // or a little more: progress is told ten times a second
	d := client.hear(`"type":"deliver"`)
	s.t.Logf("%d of %d octets had arrived at least, %d came then", arrived, d.Size, d.Sent)
	if again := arrived - (d.Size - d.Sent); again > arrived/20 {
		s.t.Errorf("%d of %d octets that had arrived were sent again", again, arrived)
	}
	client.hear(`"type":"synced"`)
	s.whole()
}

// Every tenth packet is lost, in both directions.
func TestLoss(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for what is lost")
	}
	t.Parallel()
	s := newSite(t)
	s.small()
	const tenth = "meta l4proto tcp numgen random mod 100 < 10"
	rules := []*netlab.Rule{s.server.Drop(netlab.In, tenth), s.client.Drop(netlab.In, tenth)}
	s.many()
	s.serve()
	client := s.get("--once")
	if code := client.end(); code != 0 {
		t.Fatalf("the client ended with %d", code)
	}
	s.whole()
	for _, r := range rules {
		lost := r.Packets()
		t.Logf("%d packets were lost", lost)
		if lost == 0 {
			t.Error("nothing was lost")
		}
	}
}

// A link takes 4 MB a second, and has a long queue. Nobody takes the other for
// dead.
func TestSlowLink(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a slow link")
	}
	t.Parallel()
	s := newSite(t)
	s.small()
	for _, h := range []*netlab.Host{s.server, s.client} {
		queue(t, h)
	}
	s.many()
	server := s.serve()
	client := s.get("--once")
	if code := client.end(); code != 0 {
		t.Fatalf("the client ended with %d", code)
	}
	s.whole()
	if client.count(`"type":"lost"`) > 0 {
		t.Error("the client took the server for dead")
	}
	if n := server.count("a client is in"); n != 1 {
		t.Errorf("the client came in %d times", n)
	}
	if out := s.server.Output("tc", "-s", "qdisc", "show", "dev", "eth0"); !strings.Contains(out, "tbf") || strings.Contains(out, "overlimits 0 ") {
		t.Errorf("the link was not too slow for what was sent: %s", out)
	}
}

// queue makes the host's way out slow, with a queue of 400 ms. Not every kernel
// can, and netlab does not promise it.
func queue(t *testing.T, h *netlab.Host) {
	t.Helper()
	out, err := h.Command(t.Context(), "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "32mbit", "burst", "64kb", "latency", "400ms").
		CombinedOutput()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("no slow link can be made here, and where CI=true it has to be: tc: %v: %s", err, out)
	}
	if err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: no slow link can be made here: tc: %v: %s", err, out)
	}
}

// many shares 1,000 small files and a large one.
func (s *site) many() {
	s.t.Helper()
	for i := range 1000 {
		s.share(fmt.Sprintf("folder%d/file%d", i%10, i), i*7%8000)
	}
	s.share("large", 20_000_000)
}
