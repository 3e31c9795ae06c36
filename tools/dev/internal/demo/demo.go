// Package demo shows the project at work: three chats, each a process of its
// own, find each other on this machine's loopback and talk. What it prints is
// what they print.
package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/term"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// deadline is how long the play may take.
const deadline = 10 * time.Second

// Command is `dev demo`.
type Command struct {
	// acted is told of each line on the stage; tests kill actors with it.
	acted func(*stage, line)
}

// Run builds dechat, plays, and leaves the user in the chat if one sits there.
func (c *Command) Run(e *repo.Env) (err error) {
	tmp, err := os.MkdirTemp("", "gozyre-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	program := filepath.Join(tmp, "dechat")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	e.Say("demo: building dechat")
	// Whoever has Go can see it: no C compiler is asked for.
	if err := e.Command("go", "build", "-o", program, "./tools/cmd/dechat").With("CGO_ENABLED=0").Run(); err != nil {
		return err
	}
	network, err := onLoopback()
	if err != nil {
		return err
	}

	s := newStage(e, program, network)
	s.acted = c.acted
	defer func() { err = errors.Join(err, s.close()) }()
	ctx, cancel := context.WithTimeout(e, deadline)
	defer cancel()
	start := time.Now()
	if err := play(ctx, s); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	e.Say("demo: they found each other and talked, in %v", time.Since(start).Round(time.Millisecond))
	if term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())) {
		return s.join(e)
	}
	return farewell(ctx, s)
}

// secret is whispered, and only its addressee shall ever print it.
const secret = "only you can read this"

// play is the demo itself.
func play(ctx context.Context, s *stage) error {
	s.env.Say("demo: alice, bob and carol start; none of them knows of the others")
	for _, name := range []string{"alice", "bob", "carol"} {
		if err := s.enter(name); err != nil {
			return err
		}
	}
	if err := s.await(ctx,
		want{"alice", "bob joined"}, want{"alice", "carol joined"},
		want{"bob", "alice joined"}, want{"bob", "carol joined"},
		want{"carol", "alice joined"}, want{"carol", "bob joined"},
	); err != nil {
		return err
	}
	for _, scene := range []struct {
		who, types string
		wants      []want
	}{
		{
			"alice", "Hello! Is anybody there?",
			[]want{{"bob", "alice: Hello!"}, {"carol", "alice: Hello!"}},
		},
		{
			"bob", "Yes. Nobody told me where you are, and there you are.",
			[]want{{"alice", "bob: Yes."}, {"carol", "bob: Yes."}},
		},
		{
			"carol", "/whisper alice Psst, alice: " + secret + ".",
			[]want{{"alice", "carol (whisper): Psst"}},
		},
		{
			"alice", "Carol whispers. We have no secrets here!",
			[]want{{"bob", "alice: Carol whispers."}, {"carol", "alice: Carol whispers."}},
		},
	} {
		if err := s.types(scene.who, scene.types); err != nil {
			return err
		}
		if err := s.await(ctx, scene.wants...); err != nil {
			return err
		}
	}
	return nil
}

// farewell lets them leave, and the others notice.
func farewell(ctx context.Context, s *stage) error {
	if err := s.leave(ctx, "carol", want{"alice", "carol left"}, want{"bob", "carol left"}); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	// Bob has seen everything that carol ever sent him.
	if s.saw(want{"bob", secret}) {
		return errors.New("demo: bob has read a whisper that was for alice")
	}
	if err := s.leave(ctx, "bob", want{"alice", "bob left"}); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := s.leave(ctx, "alice"); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// onLoopback returns the flags that keep a tool on this machine: its loopback
// interface, and a UDP port that nobody has.
func onLoopback() ([]string, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback == 0 || i.Flags&net.FlagUp == 0 {
			continue
		}
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return nil, err
		}
		defer c.Close()
		port := c.LocalAddr().(*net.UDPAddr).Port
		return []string{"--interface", i.Name, "--port", fmt.Sprint(port)}, nil
	}
	return nil, errors.New("this machine has no loopback interface that is up: `ip link set lo up` makes it so on Linux")
}
