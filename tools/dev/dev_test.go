package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// folder holds the tool, once a test has built it.
var folder string

func TestMain(m *testing.M) {
	// As this program it is not the test but somebody who sends a datagram.
	if to := os.Getenv("DEV_TEST_SEND_TO"); to != "" {
		send(to)
		return
	}
	dir, err := os.MkdirTemp("", "gozyre-dev-test-")
	if err != nil {
		panic(err)
	}
	folder = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func send(to string) {
	c, err := net.Dial("udp4", to)
	if err == nil {
		_, err = c.Write([]byte("hello"))
	}
	if err != nil {
		panic(err)
	}
}

var build = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", folder, ".").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
})

// dev runs the tool as people do and returns its output and exit code.
func dev(t *testing.T, args ...string) (string, int) {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "dev")
	for i, arg := range args {
		if arg == "dev" {
			args[i] = path
		}
	}
	c := exec.CommandContext(t.Context(), path, args...)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// alone skips the test where there are no network namespaces. CI has to have them.
func alone(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		return
	}
	const why = "NOT TESTED: network namespaces take Linux and root"
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func TestDemoStaysHere(t *testing.T) {
	alone(t)
	for _, args := range [][]string{
		{"alone", "dev", "demo"},
		{"alone", "--only-loopback", "dev", "demo"},
	} {
		out, code := dev(t, args...)
		if code != 0 || !strings.Contains(out, "they found each other and talked") {
			t.Errorf("%v ended with %d:\n%s", args, code, out)
		}
	}
}

// The demo needs Go and nothing else of the machine.
func TestDemoNeedsOnlyGo(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := build(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(strings.TrimSpace(string(root)), "bin"))
	t.Setenv("CGO_ENABLED", "1")
	if out, code := dev(t, "demo"); code != 0 || !strings.Contains(out, "they found each other and talked") {
		t.Errorf("it ended with %d:\n%s", code, out)
	}
}

func TestBenchStaysHere(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs programs for half a minute")
	}
	alone(t)
	out, code := dev(t, "alone", "dev", "bench", "--runs=1", "--only=enter,whispers")
	if code != 0 || strings.Contains(out, "failed") || !strings.Contains(out, "| whispers of 100 octets") {
		t.Errorf("it ended with %d:\n%s", code, out)
	}
}

// What leaves is noticed: a unicast (an ARP request, nobody answers), a
// broadcast, and a multicast.
func TestAloneNotices(t *testing.T) {
	alone(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"10.203.0.7:5670", "198.51.100.1:53", "239.1.2.3:5670"} {
		t.Setenv("DEV_TEST_SEND_TO", to)
		out, code := dev(t, "alone", self)
		if code != 1 || !strings.Contains(out, `packet(s) left on the interface "elsewhere"`) {
			t.Errorf("after a datagram to %s it ended with %d:\n%s", to, code, out)
		}
	}
	t.Setenv("DEV_TEST_SEND_TO", "127.0.0.1:5670")
	if out, code := dev(t, "alone", self); code != 0 {
		t.Errorf("after a datagram to loopback it ended with %d:\n%s", code, out)
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"--help", 0, "Commands:"},
		{"lunch", 2, "unexpected argument lunch"},
		{"bench --only=charm", 1, "there is no figure"},
		{"patch --tests=some", 2, "must be one of"},
		{"patch --base=no-such-commit", 1, "is no commit here"},
		{"test --only=lunch", 1, "test has no part"},
		{"setup --dry-run", 0, ""},
	} {
		out, code := dev(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("dev %s ended with %d:\n%s", c.args, code, out)
		}
	}
}
