package demo

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// actor is one chat in a process of its own.
type actor struct {
	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

// startActor starts a chat. Its lines go to the stage until its end, which is
// the last of them. It leaves by itself when its stdin ends: even when we are
// killed it does not stay behind.
func startActor(s *stage, name string) (*actor, error) {
	cmd := exec.Command(s.program, append([]string{"--name", name}, s.network...)...)
	apart(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	tell := func(l line) {
		select {
		case s.lines <- l:
		case <-s.closed:
		}
	}
	var readers sync.WaitGroup
	for _, r := range []io.Reader{stdout, stderr} {
		readers.Go(func() {
			for lines := bufio.NewScanner(r); lines.Scan(); {
				tell(line{who: name, text: lines.Text()})
			}
		})
	}
	go func() {
		readers.Wait()
		tell(line{who: name, ended: true, err: cmd.Wait()})
	}()
	return &actor{name: name, cmd: cmd, stdin: stdin}, nil
}

func (a *actor) types(text string) error {
	_, err := io.WriteString(a.stdin, text+"\n")
	return err
}

// quit asks the actor to leave: by a word, and by the end of its input.
func (a *actor) quit() {
	a.types("/quit") // it may have left already
	a.stdin.Close()
}

func (a *actor) kill() { a.cmd.Process.Kill() }
