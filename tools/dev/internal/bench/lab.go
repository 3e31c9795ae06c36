package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// lab is where things are measured.
type lab struct {
	env     *repo.Env
	program string            // benchnode
	rivals  map[string]string // programs that take the part of our nodes, by column
}

// newLab builds the program, in dir.
func newLab(e *repo.Env, dir string) (*lab, error) {
	l := &lab{env: e, program: filepath.Join(dir, "benchnode"+exe)}
	e.Say("bench: building benchnode")
	return l, e.Command("go", "build", "-o", l.program, "./tools/dev/benchnode").Run()
}

// most is how long one measurement may take.
const most = 2 * time.Minute

// run measures once: with a server, if one is needed, that is there before and
// gone afterwards.
func (l *lab) run(m measure, transport string) (_ values, err error) {
	ctx, cancel := context.WithTimeout(l.env, most+m.within)
	defer cancel()
	env := *l.env
	env.Context = ctx
	var flags []string
	if rival := l.rivals[transport]; rival != "" {
		flags = append(flags, "--program="+rival)
	} else if transport != none {
		flags = append(flags, "--transport="+transport)
	}
	if m.table != links && transport != none {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		flags = append(flags, fmt.Sprintf("--port=%d", port))
	}
	if m.serve != nil {
		stop, err := serve(&env, l.program, slices.Concat(m.serve, flags))
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	out, err := env.Command(l.program, slices.Concat(m.arguments(transport), flags)...).Output()
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		err = fmt.Errorf("it takes longer than %v: %w", most+m.within, err)
	}
	if err != nil {
		return nil, err
	}
	var v values
	if err := json.Unmarshal(out, &v); err != nil {
		return nil, fmt.Errorf("benchnode printed something that is no result: %w", err)
	}
	return v, nil
}

// serve starts the other side and returns when it is ready.
func serve(e *repo.Env, program string, flags []string) (stop func() error, err error) {
	c := e.Command(program, append([]string{"serve"}, flags...)...)
	c.Stderr = e.Stderr
	stdin, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	stop = func() error {
		stdin.Close()
		io.Copy(io.Discard, stdout)
		return c.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if strings.TrimSpace(line) != "ready" {
		return nil, errors.Join(fmt.Errorf("the serving process said %q instead of being ready", line), err, stop())
	}
	return stop, nil
}

// freePort returns a port that nobody has: of UDP, and for others than ours of TCP too.
func freePort() (int, error) {
	for tries := 0; ; tries++ {
		port, err := freeForBoth()
		if err == nil || tries == 10 {
			return port, err
		}
	}
}

func freeForBoth() (int, error) {
	u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, err
	}
	defer u.Close()
	port := u.LocalAddr().(*net.UDPAddr).Port
	t, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return 0, err
	}
	return port, t.Close()
}
