package netlab

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// echo starts a server of datagrams on the host and waits until it is there.
func echo(t *testing.T, h *Host) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := as("echo", h.Command(ctx, self(t)))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the server on %s says %q, %v", h.Name(), line, err)
	}
}

func ask(h *Host, self, address string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	out, err := as("ask", h.Command(ctx, self, address)).CombinedOutput()
	return string(out), err
}

// alice eth0 10.77.0.1 ──┐
//
//	lan
//
// bob   eth0 10.77.0.2 ──┘
func TestSwitch(t *testing.T) {
	lab := New(t)
	lan := lab.Switch("lan")
	alice, bob := lab.Host("alice"), lab.Host("bob")
	alice.Plug(lan, "eth0", "10.77.0.1/24")
	cable := bob.Plug(lan, "eth0", "10.77.0.2/24")
	echo(t, bob)

	if got, err := ask(alice, self(t), "10.77.0.2:7007"); err != nil || got != "hello\n" {
		t.Fatalf("over the switch: %q, %v", got, err)
	}

	cable.Cut()
	if out := bob.Output("ip", "-o", "link", "show", "dev", "eth0"); !strings.Contains(out, "state DOWN") {
		t.Errorf("after Cut: %s", out)
	}
	cable.Restore()
	if got, err := ask(alice, self(t), "10.77.0.2:7007"); err != nil || got != "hello\n" {
		t.Fatalf("after Restore: %q, %v", got, err)
	}

	cable.Remove()
	if out := bob.Output("ip", "-o", "link"); strings.Contains(out, "eth0") {
		t.Errorf("after Remove: %s", out)
	}
}

// alice eth0 10.77.0.1 ──── eth9 10.77.0.2 bob
func TestWireAndRules(t *testing.T) {
	lab := New(t)
	alice, bob := lab.Host("alice"), lab.Host("bob")
	a, b := lab.Wire(alice, "eth0", "10.77.0.1/24", bob, "eth9", "10.77.0.2/24")
	if a.Addr().String() != "10.77.0.1" || b.Name != "eth9" {
		t.Errorf("the ends are %v %v and %v %v", a.Name, a.Prefix, b.Name, b.Prefix)
	}
	echo(t, bob)
	sent := alice.Count(Out, "udp dport 7007")
	if got, err := ask(alice, self(t), "10.77.0.2:7007"); err != nil || got != "hello\n" {
		t.Fatalf("over the wire: %q, %v", got, err)
	}
	if sent.Packets() == 0 {
		t.Error("nothing was counted")
	}

	lost := bob.Drop(In, "udp dport 7007")
	answered := bob.Count(Out, "udp sport 7007")
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	if out, err := as("send", alice.Command(ctx, self(t), "10.77.0.2:7007")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := lost.Packets(); n != 1 {
		t.Errorf("%d packets were dropped, not the one that was sent", n)
	}
	if n := answered.Packets(); n != 0 {
		t.Errorf("%d answers to a packet that was dropped", n)
	}
	lost.Undo()
	if got, err := ask(alice, self(t), "10.77.0.2:7007"); err != nil || got != "hello\n" {
		t.Fatalf("after Undo: %q, %v", got, err)
	}
}

// Two laboratories at once have the same names and addresses.
func TestTwice(t *testing.T) {
	for range 2 {
		lab := New(t)
		lan := lab.Switch("lan")
		lab.Host("alice").Plug(lan, "eth0", "10.77.0.1/24")
	}
}

func TestNothingIsLeft(t *testing.T) {
	Need(t)
	var names []string
	t.Run("a test", func(t *testing.T) {
		lab := New(t)
		lan := lab.Switch("lan")
		h := lab.Host("alice")
		h.Plug(lan, "gyretest0", "10.77.0.1/24")
		names = append(names, h.Namespace(), lan.host.Namespace())
		out, err := exec.Command("ip", "-o", "link").CombinedOutput()
		if err != nil || strings.Contains(string(out), "gyretest0") {
			t.Errorf("the machine itself has our interface, or none: %v: %s", err, out)
		}
		// What still runs does not keep the namespace.
		cmd := h.Command(context.Background(), "sleep", "1000")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go cmd.Wait()
	})
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(netns, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

const netns = "/run/netns"

// A test that is killed takes its laboratory with it.
func TestKilled(t *testing.T) {
	Need(t)
	lab := New(t) // so that the folder exists
	lab.Host("alice")
	gone := watchDeletions(t, netns)
	cmd := as("die", exec.Command(self(t)))
	out, err := cmd.Output()
	if cmd.ProcessState == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the test was not killed: %v: %s", err, out)
	}
	name := strings.TrimSpace(string(out))
	if !strings.HasSuffix(name, "-orphan") {
		t.Fatalf("the test that was killed said %q", out)
	}
	for {
		if _, err := os.Stat(filepath.Join(netns, name)); err != nil {
			return
		}
		if err := gone(); err != nil {
			t.Fatalf("%s is left after its test was killed: %v", name, err)
		}
	}
}

// watchDeletions returns a function that waits for the next thing to go from
// the folder.
func watchDeletions(t *testing.T, folder string) func() error {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "inotify")
	t.Cleanup(func() { f.Close() })
	if _, err := syscall.InotifyAddWatch(fd, folder, syscall.IN_DELETE); err != nil {
		t.Fatal(err)
	}
	if err := f.SetReadDeadline(time.Now().Add(bound)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	return func() error { _, err := f.Read(buf); return err }
}
