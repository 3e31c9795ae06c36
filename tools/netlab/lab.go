package netlab

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// bound is how long any one command, and the clean-up, may take.
const bound = 20 * time.Second

// Lab is a network that belongs to one test.
type Lab struct {
	tb    testing.TB
	id    string         // part of the names of all its namespaces
	names io.WriteCloser // the reaper's standard input: a namespace a line
	hosts map[string]bool
	ports int // switch ports so far, for their names
}

// New makes an empty laboratory that ends with the test. It skips the test, or
// fails it where CI=true, on a machine that cannot have one.
func New(tb testing.TB) *Lab {
	tb.Helper()
	Need(tb)
	var random [3]byte
	rand.Read(random[:])
	l := &Lab{
		tb:    tb,
		id:    fmt.Sprintf("lab%d%s", os.Getpid(), hex.EncodeToString(random[:])),
		hosts: map[string]bool{},
	}
	l.startReaper()
	return l
}

// Need skips the test, loudly, where no laboratory can be made; with CI=true it
// fails it.
func Need(tb testing.TB) {
	tb.Helper()
	if why := missing(); why != "" {
		Refuse(tb, why)
	}
}

// Refuse ends a test that lacks something: a failure with CI=true, else a skip
// that names what is missing. Outside of a test there is nothing to skip.
func Refuse(tb testing.TB, why string) {
	tb.Helper()
	if _, ok := tb.(*outside); ok {
		tb.Fatalf("netlab: %s", why)
	}
	if os.Getenv("CI") == "true" {
		tb.Fatalf("CANNOT RUN: %s (a failure because CI=true)", why)
	}
	tb.Skipf("SKIPPED, NOTHING WAS TESTED: %s", why)
}

// missing says in a sentence why there can be no laboratory; empty: there can.
var missing = sync.OnceValue(func() string {
	if runtime.GOOS != "linux" {
		return "network namespaces exist on Linux only"
	}
	for _, tool := range []string{"ip", "nft", "unshare", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "the program " + tool + " is missing: install iproute2, nftables and util-linux"
		}
	}
	if os.Geteuid() != 0 {
		return "network namespaces need root: run the test as root"
	}
	// Root of a container may lack the right to make any.
	if out, err := exec.Command("unshare", "--net", "--mount", "true").CombinedOutput(); err != nil {
		return fmt.Sprintf("no network namespace can be made here: unshare: %v: %s", err, bytes.TrimSpace(out))
	}
	return ""
})

// reaper reads names of namespaces until its input ends, then deletes them and
// what runs in them. Signals for the test are not for it.
const reaper = `trap '' INT HUP TERM
all=
while read -r ns; do all="$all $ns"; done
failed=0
for ns in $all; do
	for pid in $(ip netns pids "$ns" 2>/dev/null); do kill -9 "$pid"; done
	[ -e "/run/netns/$ns" ] || [ -e "/var/run/netns/$ns" ] || continue
	ip netns delete "$ns" || failed=1
done
exit $failed`

func (l *Lab) startReaper() {
	l.tb.Helper()
	cmd := exec.Command("sh", "-c", reaper)
	// A session of its own: Ctrl-C ends the test, and that ends the laboratory.
	cmd.SysProcAttr = newSession()
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		l.tb.Fatalf("netlab: starting the clean-up process: %v", err)
	}
	l.names = in
	l.tb.Cleanup(func() {
		in.Close()
		late := time.AfterFunc(bound, func() { cmd.Process.Signal(syscall.SIGKILL) })
		defer late.Stop()
		if err := cmd.Wait(); err != nil {
			l.tb.Errorf("netlab: namespaces named %s-* are left over: %v: see 'ip netns list'", l.id, err)
		}
	})
}

// Host makes a machine without cables: a namespace with only its loopback
// interface, which is up. Names are 1 to 20 letters and digits.
func (l *Lab) Host(name string) *Host {
	l.tb.Helper()
	if name == "" || len(name) > 20 || strings.Trim(name, letters) != "" {
		l.tb.Fatalf("netlab: %q is no name for a host: 1 to 20 letters and digits are", name)
	}
	if l.hosts[name] {
		l.tb.Fatalf("netlab: there is a host or switch %q already", name)
	}
	l.hosts[name] = true
	h := &Host{lab: l, name: name, ns: l.id + "-" + name}
	// First the reaper, then the namespace: whenever we die, it is known.
	if _, err := fmt.Fprintln(l.names, h.ns); err != nil {
		l.tb.Fatalf("netlab: the clean-up process is gone: %v", err)
	}
	l.run("", "ip", "netns", "add", h.ns)
	l.run("", "ip", "-n", h.ns, "link", "set", "dev", "lo", "up")
	// An interface that comes up says so to its neighbours, as DHCP clients and NetworkManager see to; and it
	// does not answer for the addresses of others, which few systems but Linux do.
	h.Output("sh", "-c", "cd /proc/sys/net/ipv4/conf/all && echo 1 >arp_ignore && echo 2 >arp_announce && echo 1 >../default/arp_notify")
	return h
}

// Switch makes a network that hosts can be plugged into: a bridge in a
// namespace of its own, which forwards at once and filters nothing.
func (l *Lab) Switch(name string) *Switch {
	l.tb.Helper()
	h := l.Host(name)
	l.run("", "ip", "-n", h.ns, "link", "add", "name", bridge, "type", "bridge",
		"stp_state", "0", "forward_delay", "0", "mcast_snooping", "0")
	l.run("", "ip", "-n", h.ns, "link", "set", "dev", bridge, "up")
	h.isSwitch = true
	return &Switch{host: h}
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	bridge  = "bridge"
)

// run executes one of the system's programs and returns its standard output.
func (l *Lab) run(input string, command ...string) string {
	l.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = time.Second
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &said
	if err := cmd.Run(); err != nil {
		l.tb.Fatalf("netlab: %s: %v: %s", strings.Join(command, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return out.String()
}
