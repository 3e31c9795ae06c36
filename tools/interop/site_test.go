package interop

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/scripttest"
	"github.com/zeromq/gozyre/tools/netlab"
)

// site is a place where programs of a test run: this machine's loopback
// interface, or a host of a laboratory.
type site struct {
	iface     string
	addr      string
	broadcast string
	port      int // UDP, of discovery
	command   func(ctx context.Context, program string, args ...string) *exec.Cmd
}

// loopback is two sites that are one: this machine, which talks with itself.
func loopback(t *testing.T) (site, site) {
	t.Helper()
	s := site{iface: zyre.Loopback(), addr: "127.0.0.1", broadcast: "127.255.255.255", port: scripttest.FreePort(t),
		command: exec.CommandContext}
	return s, s
}

// bridged is two hosts.
//
//	a eth0 10.77.0.1 ──┐
//	                   lan
//	b eth0 10.77.0.2 ──┘
func bridged(t *testing.T) (site, site) {
	t.Helper()
	lab := netlab.New(t)
	lan := lab.Switch("lan")
	a, b := lab.Host("a"), lab.Host("b")
	a.Plug(lan, "eth0", "10.77.0.1/24")
	b.Plug(lan, "eth0", "10.77.0.2/24")
	return onHost(a, "10.77.0.1", "10.77.0.255"), onHost(b, "10.77.0.2", "10.77.0.255")
}

func onHost(h *netlab.Host, addr, broadcast string) site {
	return site{iface: "eth0", addr: addr, broadcast: broadcast, port: zyre.DefaultPort, command: h.Command}
}

// eachPlace runs a test on loopback and over a bridge.
func eachPlace(t *testing.T, test func(t *testing.T, a, b site)) {
	t.Run("loopback", func(t *testing.T) {
		t.Parallel()
		a, b := loopback(t)
		test(t, a, b)
	})
	t.Run("bridge", func(t *testing.T) {
		t.Parallel()
		a, b := bridged(t)
		test(t, a, b)
	})
}

// ours starts a node of ours at the site.
func (s site) ours(t *testing.T, c oursConfig) *peer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if c.Port == 0 {
		c.Port = s.port
	}
	if c.Interfaces == nil {
		c.Interfaces = []string{s.iface}
	}
	c.Transport = transport.String()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := s.command(context.Background(), self)
	cmd.Env = append(os.Environ(), oursEnv+"="+string(text))
	return start(t, c.Name, cmd).ready()
}

// foreign starts a peer that we did not write at the site.
type foreign func(t *testing.T, s site, name string, headers map[string]string) *peer

// raw is peers/raw.py.
func raw(t *testing.T, s site, name string, headers map[string]string) *peer {
	t.Helper()
	return pyzmq(t, s, "peers/raw.py", name, headers)
}

// specified is the peer that comes with the specification.
func specified(t *testing.T, s site, name string, headers map[string]string) *peer {
	t.Helper()
	return pyzmq(t, s, "../../rfcs/zre/peer.py", name, headers)
}

func pyzmq(t *testing.T, s site, program, name string, headers map[string]string) *peer {
	t.Helper()
	args := []string{program, name, s.addr, s.broadcast, strconv.Itoa(s.port)}
	for key, value := range headers {
		args = append(args, key, value)
	}
	return start(t, name, s.command(context.Background(), python(t, "import zmq", "python3-zmq"), args...)).ready()
}

// zyreJS is peers/zyrejs.js with its usual times.
func zyreJS(t *testing.T, s site, name string, headers map[string]string) *peer {
	t.Helper()
	return zyreJSTimed(t, s, name, headers, 5*time.Second, 30*time.Second)
}

func zyreJSTimed(t *testing.T, s site, name string, headers map[string]string, evasive, expired time.Duration) *peer {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		netlab.Refuse(t, "node is missing: install Node.js")
	}
	if _, err := os.Stat("node_modules/zyre.js/index.js"); err != nil {
		netlab.Refuse(t, "zyre.js is missing: run npm ci in tools/interop")
	}
	args := []string{"peers/zyrejs.js", name, s.iface, strconv.Itoa(s.port),
		// It takes the first port from there on that is free; a random one
		// keeps two that start at once apart.
		strconv.Itoa(49152 + rand.IntN(15000)),
		strconv.FormatInt(evasive.Milliseconds(), 10), strconv.FormatInt(expired.Milliseconds(), 10)}
	for key, value := range headers {
		args = append(args, key, value)
	}
	return start(t, name, s.command(context.Background(), node, args...)).ready()
}

// python returns a Python that can do that; Debian's own comes first, because
// its modules are the system's packages.
func python(t *testing.T, statement, packages string) string {
	t.Helper()
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(path, "-c", statement).Run() == nil {
			return path
		}
	}
	netlab.Refuse(t, "no python3 can '"+statement+"': install "+packages)
	return ""
}
