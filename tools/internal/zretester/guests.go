package zretester

import (
	_ "embed"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// guests are nodes of zyre.js among ours, each in a process of Node.js. What they tell nobody checks, but what ours
// tell of them is checked as of strangers: its order.
type guests struct {
	commands []*exec.Cmd
	trouble  func(error)

	mu      sync.Mutex
	inputs  []io.Closer
	leaving bool
	living  sync.WaitGroup
}

//go:embed guest.js
var guestScript string

// newGuests prepares so many. The error says what is not installed.
func newGuests(count int, port uint16, iface string, s *Scenario, trouble func(error)) (*guests, error) {
	g := &guests{trouble: trouble}
	if count == 0 {
		return g, nil
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, cli.Usagef("--zyrejs: there is no node: install Node.js")
	}
	dir, err := modules()
	if err != nil {
		return nil, err
	}
	for i := range count {
		// It takes the first TCP port from there on that is free; random ones keep those apart that start at once.
		const low, high = 49_152, 64_000
		cmd := exec.Command(node, "-e", guestScript, fmt.Sprintf("zyrejs%d", i+1), iface, strconv.Itoa(int(port)),
			strconv.Itoa(low+rand.IntN(high-low)), strconv.Itoa(s.Groups), strconv.FormatInt(max(1, s.GroupEvery.Milliseconds()), 10))
		cmd.Dir = dir
		g.commands = append(g.commands, cmd)
	}
	return g, nil
}

// modules returns the folder from which Node.js finds zyre.js.
func modules() (string, error) {
	const module = "node_modules/zyre.js/index.js"
	for _, dir := range []string{".", "tools/interop"} {
		if _, err := os.Stat(filepath.Join(dir, module)); err == nil {
			return dir, nil
		}
	}
	for _, dir := range filepath.SplitList(os.Getenv("NODE_PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "zyre.js/index.js")); err == nil {
			return ".", nil
		}
	}
	return "", cli.Usagef("--zyrejs: zyre.js is not here: run npm ci in tools/interop, and start this at the top of the checkout, or name the folder of modules in NODE_PATH")
}

// start starts them.
func (g *guests) start() {
	for i, cmd := range g.commands {
		var said tail
		cmd.Stderr = &said
		cmd.SysProcAttr = apart()
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			g.trouble(fmt.Errorf("zyrejs%d does not start: %w", i+1, err))
			continue
		}
		g.inputs = append(g.inputs, in)
		g.living.Go(func() {
			err := cmd.Wait()
			g.mu.Lock()
			defer g.mu.Unlock()
			if !g.leaving {
				g.trouble(fmt.Errorf("zyrejs%d ended by itself (%v)%s", i+1, err, said.words()))
			}
		})
	}
}

// close ends them and waits for that.
func (g *guests) close() {
	g.mu.Lock()
	g.leaving = true
	g.mu.Unlock()
	for _, in := range g.inputs {
		_ = in.Close()
	}
	late := time.AfterFunc(patience/4, func() {
		for _, cmd := range g.commands {
			if cmd.Process != nil {
				_ = cmd.Process.Kill()
			}
		}
	})
	defer late.Stop()
	g.living.Wait()
}
