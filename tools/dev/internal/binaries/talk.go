package binaries

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
)

// talk lets a dechat of each processor say a line to the other, on loopback.
func talk(ctx context.Context, r *release) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // whoever is left
	port, err := freePort()
	if err != nil {
		return "", err
	}
	args := []string{"--interface", "lo", "--port", port, "--wait", "50s", "--name"}
	native, err := chat(ctx, r.paths["dechat linux/amd64"], append(args, "amd64")...)
	if err != nil {
		return "", err
	}
	foreign, err := chat(ctx, "qemu-aarch64", append(append([]string{r.paths["dechat linux/arm64"]}, args...), "arm64")...)
	if err != nil {
		return "", err
	}
	// A line waits until somebody is there to hear it.
	fmt.Fprintln(native.in, "hello from amd64")
	fmt.Fprintln(foreign.in, "hello from arm64")
	if err := foreign.hears("amd64: hello from amd64"); err != nil {
		return "", err
	}
	if err := native.hears("arm64: hello from arm64"); err != nil {
		return "", err
	}
	for _, c := range []*chatter{native, foreign} {
		c.in.Close()
		if err := c.cmd.Wait(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", c.cmd, err, &c.told)
		}
	}
	return "each heard the other", nil
}

type chatter struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
	told strings.Builder // stderr
}

func chat(ctx context.Context, name string, args ...string) (*chatter, error) {
	c := &chatter{cmd: exec.CommandContext(ctx, name, args...)}
	c.cmd.Stderr = &c.told
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewScanner(out)
	return c, c.cmd.Start()
}

// hears waits for the first line that somebody says.
func (c *chatter) hears(want string) error {
	if c.out.Scan() && c.out.Text() == want {
		return nil
	}
	said := c.out.Text()
	c.in.Close()
	c.cmd.Process.Kill()
	c.cmd.Wait()
	return fmt.Errorf("%s heard %q, not %q, and told: %s", c.cmd, said, want, &c.told)
}

// freePort returns a port on which nobody is found.
func freePort() (string, error) {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer c.Close()
	return strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port), nil
}
