//go:build unix

package store

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// postgresServer is a server of this test, which nobody reaches but by a socket in
// its directory.
type postgresServer struct {
	bin, dir string
	as       *syscall.SysProcAttr // it refuses to be root
	process  *exec.Cmd
	gone     chan error
}

// startPostgres starts a server that ends with the test.
func startPostgres(t testing.TB) *postgresServer {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian does not have it in the PATH
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		netlab.Refuse(t, "there is no PostgreSQL: Debian's package postgresql has it (go run ./tools/dev setup)")
	}
	p := &postgresServer{bin: filepath.Dir(found[0])}
	// Not t.TempDir: another user has to get into it, and the path of a socket is short.
	var err error
	if p.dir, err = os.MkdirTemp("", "zyre-pg-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(p.dir) })
	if os.Getuid() == 0 {
		p.other(t)
	}
	p.command(t, "initdb", "-D", p.data(), "-U", "zyre", "--auth=trust", "--no-sync", "--locale=C", "-E", "UTF8")
	p.start(t)
	t.Cleanup(func() { p.stop(t) })
	return p
}

func (p *postgresServer) data() string { return filepath.Join(p.dir, "data") }

// other makes the server somebody else's.
func (p *postgresServer) other(t testing.TB) {
	t.Helper()
	i := slices.IndexFunc([]string{"postgres", "nobody"}, func(name string) bool {
		who, err := user.Lookup(name)
		if err != nil {
			return false
		}
		uid, bad := strconv.Atoi(who.Uid)
		gid, worse := strconv.Atoi(who.Gid)
		if bad != nil || worse != nil || os.Chown(p.dir, uid, gid) != nil {
			return false
		}
		p.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		return true
	})
	if i < 0 {
		netlab.Refuse(t, "PostgreSQL does not run as root, and there is no other user")
	}
}

func (p *postgresServer) make(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = p.dir, []string{"LC_ALL=C", "HOME=" + p.dir, "PATH=" + p.bin}, p.as
	return cmd
}

func (p *postgresServer) command(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := p.make(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// start starts the server and waits until it says that it is ready.
func (p *postgresServer) start(t testing.TB) {
	t.Helper()
	p.process = p.make("postgres", "-D", p.data(), "-k", p.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_destination=stderr")
	stderr, err := p.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	p.gone = make(chan error, 1)
	go func() {
		var said strings.Builder
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- ""
				break
			}
		}
		_, _ = io.Copy(io.Discard, stderr)
		select {
		case ready <- said.String():
		default:
		}
		p.gone <- p.process.Wait()
	}()
	select {
	case said := <-ready:
		if said != "" {
			t.Fatalf("the server ended: %s", said)
		}
	case <-time.After(time.Minute):
		_ = p.process.Process.Kill()
		t.Fatal("the server does not get ready")
	}
}

// stop ends it at once, whoever is connected.
func (p *postgresServer) stop(t testing.TB) {
	t.Helper()
	if p.process == nil {
		return
	}
	if err := p.process.Process.Signal(syscall.SIGINT); err != nil {
		t.Error(err)
	}
	select {
	case <-p.gone:
	case <-time.After(time.Minute):
		_ = p.process.Process.Kill()
		t.Error("the server does not end")
	}
	p.process = nil
}
