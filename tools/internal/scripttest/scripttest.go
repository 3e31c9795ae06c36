// Package scripttest runs the script tests of the command lines. To what
// testscript offers it adds programs that a script talks with:
//
//	start alice dechat --name alice     start a program; alice is its handle
//	start alice@left dechat             the same on a host of a network of its own (package netlab)
//	drop left tcp dport 80              lose what comes to a host and nft's expression matches
//	say alice hello, all                give it a line on stdin
//	hear alice stdout '^bob: hi$'       wait for a line of stdout or stderr
//	hear alice stdout '^bob' '^eve'     the same, and fail if a line of the other kind comes before
//	eof alice                           end its stdin
//	signal alice INT                    send it a signal
//	end alice 0                         wait for its end and expect an exit code
//	never alice stdout 'secret'         fail if a line came; after end
//
// hear looks at lines in order: each call goes on behind the line that the one
// before found. Scripts find in $LO the loopback interface and in $PORT and
// $SECOND ports of their own, UDP and TCP, so that every test stays by itself; in $TRANSPORT what
// carries the messages, for --transport. Each runs once for each transport. The
// condition [libzmq] holds where the programs are a build that has libzmq.
package scripttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

// Main is for TestMain: it makes each main function a command of the scripts.
func Main(m *testing.M, commands map[string]func()) {
	testscript.Main(leakless{m}, commands)
}

// leakless fails when goroutines are left after the tests.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			return 1
		}
	}
	return code
}

// Run runs the scripts of a folder on each transport. For libzmq they find
// programs that were built for it from the package under test.
func Run(t *testing.T, dir string) {
	t.Run("zmtp", func(t *testing.T) { run(t, dir, "zmtp", "") })
	t.Run("libzmq", func(t *testing.T) { run(t, dir, "libzmq", buildWithLibzmq(t)) })
}

// run runs scripts on a transport. The programs of a folder, if one is given,
// go before those of Main.
func run(t *testing.T, dir, transport, folder string) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TRANSPORT", transport)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			env.Setenv("LO", zyre.Loopback())
			env.Setenv("PORT", strconv.Itoa(FreePort(t)))
			env.Setenv("SECOND", strconv.Itoa(FreePort(t)))
			// A program under the race detector waits a second before it ends.
			env.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0")
			if folder != "" {
				env.Setenv("PATH", folder+string(os.PathListSeparator)+env.Getenv("PATH"))
			}
			env.Values[key{}] = programs{}
			env.Values[hostsKey{}] = &hosts{tb: env.T().(testing.TB)}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "libzmq" {
				return false, fmt.Errorf("there is no condition %q", name)
			}
			return folder != "" || slices.Contains(cli.Transports(), "libzmq"), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":  start,
			"drop":   drop,
			"say":    say,
			"hear":   hear,
			"eof":    eof,
			"signal": sendSignal,
			"end":    end,
			"never":  never,
		},
	})
}

// FreePort returns a port that nobody uses, neither UDP nor TCP, outside of the
// range from which systems take ports by themselves.
func FreePort(t *testing.T) int {
	const low, high = 20000, 32000
	for range 100 {
		port := low + rand.IntN(high-low)
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			continue
		}
		_ = conn.Close()
		if l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}
