package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// talk is how two processes of this program understand each other: a value of JSON at a time.
type talk struct {
	out *json.Encoder
	in  *json.Decoder
}

func (t talk) say(v any) error { return t.out.Encode(v) }

func (t talk) hear(v any) error {
	if err := t.in.Decode(v); err != nil {
		return fmt.Errorf("hear from the other process: %w", err)
	}
	return nil
}

// ask says something and hears the answer.
func (t talk) ask(question, answer any) error {
	if err := t.say(question); err != nil {
		return err
	}
	return t.hear(answer)
}

// nothing is said where only the moment counts.
type nothing struct{}

// parent is the conversation with who started this process.
func parent() talk { return talk{json.NewEncoder(os.Stdout), json.NewDecoder(os.Stdin)} }

// other is another process of this program. It ends when its standard input does, so also when we end in any way.
type other struct {
	talk
	cmd   *exec.Cmd
	stdin io.Closer
}

func start(args ...string) (*other, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startCommand(exec.Command(self, args...))
}

func startCommand(c *exec.Cmd) (*other, error) {
	c.Stderr = os.Stderr
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
	return &other{talk{json.NewEncoder(stdin), json.NewDecoder(stdout)}, c, stdin}, nil
}

func (o *other) end() error { return errors.Join(o.stdin.Close(), o.cmd.Wait()) }

// kill ends it without a farewell.
func (o *other) kill() error { return o.cmd.Process.Kill() }

// atEnd says that the end of the conversation is no failure.
func atEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
