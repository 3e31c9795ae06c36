package zmtp

import (
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"
)

//go:embed peers/pyzmq.py
var pyzmq string

// Python finds a Python that has pyzmq, Debian's own first: its modules are the system's packages.
func Python() (string, error) {
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(path, "-c", "import zmq").Run() == nil {
			return path, nil
		}
	}
	return "", errors.New("no python3 can 'import zmq': install python3-zmq")
}

// socket is a running program with one socket: peers/pyzmq.py, or one that is used in the same way.
type socket struct {
	ctx      context.Context
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *json.Decoder
	later    []event // told while something else was waited for
	complain strings.Builder

	addr, version string
}

// event is what a socket tells.
type event struct {
	Type, Addr, Text, Hex string
	Msg                   []string
}

// begin starts peers/pyzmq.py; ctx ends it.
func begin(ctx context.Context, args ...string) (*socket, error) {
	python, err := Python()
	if err != nil {
		return nil, err
	}
	return run(ctx, exec.CommandContext(ctx, python, append([]string{"-c", pyzmq}, args...)...))
}

// run starts a program that was made with that context.
func run(ctx context.Context, cmd *exec.Cmd) (*socket, error) {
	s := &socket{ctx: ctx, cmd: cmd}
	s.cmd.Stderr = &s.complain
	s.cmd.WaitDelay = time.Second
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = json.NewDecoder(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready, err := s.await("READY")
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	s.addr, s.version = strings.TrimPrefix(ready.Addr, "tcp://"), ready.Text
	return s, nil
}

// do gives a command.
func (s *socket) do(words ...string) error {
	_, err := io.WriteString(s.in, strings.Join(words, "\t")+"\n")
	return err
}

// await waits for the next event of that type. Others stay for later.
func (s *socket) await(kind string) (event, error) {
	for i, e := range s.later {
		if e.Type == kind {
			s.later = slices.Delete(s.later, i, i+1)
			return e, nil
		}
	}
	for {
		var e event
		if err := s.out.Decode(&e); err != nil {
			return e, fmt.Errorf("no %s of a socket: %w", kind, errors.Join(context.Cause(s.ctx), err))
		}
		if e.Type == kind {
			return e, nil
		}
		s.later = append(s.later, e)
	}
}

// message waits for the next message and compares it.
func (s *socket) message(frames ...string) error {
	e, err := s.await("MESSAGE")
	if err == nil && !slices.Equal(e.Msg, frames) {
		err = fmt.Errorf("a socket got %.200q, not %.200q", e.Msg, frames)
	}
	return err
}

// draws asks what the socket drew at random.
func (s *socket) draws(n int) ([][]byte, error) {
	if err := s.do("draws"); err != nil {
		return nil, err
	}
	var all [][]byte
	for range n {
		e, err := s.await("DRAW")
		if err != nil {
			return nil, err
		}
		draw, err := hex.DecodeString(e.Hex)
		if err != nil {
			return nil, err
		}
		all = append(all, draw)
	}
	return all, nil
}

// end closes the socket and waits for its program.
func (s *socket) end() error {
	s.in.Close()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("a socket ended with %w: %s", err, s.complain.String())
	}
	return nil
}
