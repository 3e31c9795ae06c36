package beacon

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The tests of hosts_linux_test.go have a host of their own: each runs itself again in a process
// that begins in a new network namespace, which ends with it. There is in it
//
//	lo 127.0.0.1/8
//	b0 10.77.0.1/24 ──veth── b1 (no address)        after cable()
//
// and what a test adds.

const nsEnv = "GOZYRE_BEACON_NAMESPACE"

// newNamespace makes a command begin in a network namespace of its own.
func newNamespace(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 { // many systems let anybody be root of a namespace
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
}

// inNamespace is true in the namespace, with loopback up. Elsewhere it runs the test
// there, and is false.
func inNamespace(t *testing.T) bool {
	t.Helper()
	if os.Getenv(nsEnv) == t.Name() {
		ip(t, "link set lo up")
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), nsEnv+"="+t.Name(), "GORACE=atexit_sleep_ms=0")
	newNamespace(cmd)
	_, err := exec.LookPath("ip")
	if err == nil {
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err = cmd.Start(); err == nil {
			if err := cmd.Wait(); err != nil {
				t.Errorf("in a namespace: %v\n%s", err, out.String())
			} else if strings.Contains(out.String(), "--- SKIP") {
				t.Skip(out.String())
			}
			return false
		}
	}
	untested(t, fmt.Sprintf("no network namespace (needs root, or user namespaces, and iproute2): %v", err))
	return false
}

// untested skips what this machine cannot do; CI has to be able.
func untested(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("NOT TESTED: " + why)
	}
	t.Skip("NOT TESTED: " + why)
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

func proc(t *testing.T, path, value string) {
	t.Helper()
	if err := os.WriteFile("/proc/sys/net/"+path, []byte(value), 0o644); err != nil {
		t.Fatal(err)
	}
}

// without6 keeps the kernel from sending anything by itself.
func without6(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/sys/net/ipv6"); err != nil {
		return
	}
	proc(t, "ipv6/conf/all/disable_ipv6", "1")
	proc(t, "ipv6/conf/default/disable_ipv6", "1")
}

// cable makes b0 and what it is plugged into.
func cable(t *testing.T) {
	t.Helper()
	ip(t, "link add b0 type veth peer name b1")
	ip(t, "link set b1 up")
	ip(t, "address add 10.77.0.1/24 dev b0")
	ip(t, "link set b0 up")
}

func listens(t *testing.T, cfg Config) *Beacon {
	t.Helper()
	b, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, b) })
	return b
}

func onInterface(name string) func(Signal) bool {
	return func(s Signal) bool { return s.Interface == name }
}

// transmitted reads how many packets have left on an interface. (/sys shows the
// namespace of whoever mounted it.)
func transmitted(t *testing.T, name string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/net/dev")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[9])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no interface %s", name)
	return 0
}
