package main

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"time"
)

// tcp measures what the system itself takes for a round trip between two
// processes: nothing above it can be faster.
type tcp struct {
	Count  int    `default:"20000" help:"How many."`
	Octets int    `default:"100" help:"How long they are."`
	Echo   string `hidden:"" help:"Be the other process, which dials this address."`
}

func (m *tcp) Run() error {
	if m.Echo != "" {
		return m.echo()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	other := exec.Command(self, "tcp", "--echo", l.Addr().String())
	other.Stderr = os.Stderr
	if err := other.Start(); err != nil {
		return err
	}
	l.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Second))
	c, err := l.Accept()
	if err != nil {
		other.Process.Kill()
		return errors.Join(err, other.Wait())
	}
	took, err := m.measure(c)
	c.Close()
	if err := errors.Join(err, other.Wait()); err != nil {
		return err
	}
	return percentiles(took).print()
}

func (m *tcp) measure(c net.Conn) ([]time.Duration, error) {
	msg := make([]byte, m.Octets)
	var took []time.Duration
	for range m.Count {
		begin := time.Now()
		if _, err := c.Write(msg); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(c, msg); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin))
	}
	return took, nil
}

func (m *tcp) echo() error {
	c, err := net.Dial("tcp", m.Echo)
	if err != nil {
		return err
	}
	defer c.Close()
	// One read and one write a message; io.Copy would splice in the kernel.
	buf := make([]byte, m.Octets)
	for {
		n, err := c.Read(buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := c.Write(buf[:n]); err != nil {
			return err
		}
	}
}
