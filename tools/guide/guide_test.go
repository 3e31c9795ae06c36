// Package guide_test runs the pages of this folder as their readers do, by the scripts in testdata/script.
package guide_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	// The programs depend on it: a result that was cached without it would be stale.
	_ "github.com/zeromq/gozyre/codecs/zmtp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestScripts runs every script on the loopback interface, on ports of its own.
func TestScripts(t *testing.T) {
	touch(t)
	programs := build(t, race, "udpping1", "udpping2", "udpping3", "dechat", "eagain", "fileio1", "fileio2", "fileio3")
	plain := programs // where there is much to do: the race detector makes ten times as much of it
	if race && !testing.Short() {
		plain = build(t, false, "fileio1", "fileio2", "fileio3")
	}
	testscript.Run(t, testscript.Params{
		Dir:      "testdata/script",
		Deadline: time.Now().Add(4 * patience), // for what a script executes; it waits for programs with patience
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", programs+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("PLAIN", plain)
			env.Setenv("GORACE", "halt_on_error=1 atexit_sleep_ms=0")
			env.Setenv("MEMORY", env.WorkDir)
			if dir, err := os.MkdirTemp("/dev/shm", "gozyre-guide-"); err == nil {
				env.Setenv("MEMORY", dir)
				env.Defer(func() { os.RemoveAll(dir) })
			}
			port, err := freePort()
			env.Setenv("PORT", strconv.Itoa(port))
			// A network of 254 loopback addresses that is nobody else's: 127.0.0 is busy.
			env.Setenv("PREFIX", fmt.Sprintf("127.%d.%d", 1+rand.IntN(254), rand.IntN(256)))
			programs := cast{}
			env.Values[castKey{}] = programs
			env.Defer(programs.end)
			return err
		},
		Condition: func(name string) (bool, error) {
			if name != "netns" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return namespaces(t), nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"start": start(programs),
			"hears": hears,
			"reach": reach,
			"leave": leave,
			"crash": crash,
			"holes": holes,
		},
	})
}

// touch reads the sources: go test must know that its result depends on them, and it notices what the test opens.
func touch(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			_, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// build compiles the programs, with the race detector or without, and returns their folder.
func build(t *testing.T, race bool, pages ...string) string {
	dir := t.TempDir()
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	if race {
		args = append(args, "-race")
	}
	for _, page := range pages {
		args = append(args, "./"+page)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return dir
}

// freePort finds a port that is free for UDP and TCP, below those that the system gives to others.
func freePort() (int, error) {
	for range 100 {
		port := 20000 + rand.IntN(12000)
		udp, err := net.ListenPacket("udp4", fmt.Sprintf(":%d", port))
		if err != nil {
			continue
		}
		udp.Close()
		tcp, err := net.Listen("tcp4", fmt.Sprintf(":%d", port))
		if err != nil {
			continue
		}
		tcp.Close()
		return port, nil
	}
	return 0, fmt.Errorf("no free port in 100 attempts")
}

// namespaces says whether a script can have a network of its own. With CI=true it has to.
func namespaces(t *testing.T) bool {
	out, err := exec.Command("unshare", "-rnpf", "--kill-child", "ip", "link", "set", "lo", "up").CombinedOutput()
	if err != nil && runtime.GOOS == "linux" && os.Getenv("CI") == "true" {
		t.Errorf("network namespaces are needed where CI=true: unshare -rnpf --kill-child ip: %v\n%s", err, out)
	}
	return err == nil
}
