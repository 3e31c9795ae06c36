//go:build unix

package zyre_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// childPort makes the test program a node of its own, for what can only be done
// to a process: it is on that port, and tells its UUID.
const (
	childPort      = "ZYRE_TEST_CHILD_PORT"
	childTransport = "ZYRE_TEST_CHILD_TRANSPORT"
)

func TestMain(m *testing.M) {
	if text := os.Getenv(childPort); text != "" {
		child(text, os.Getenv(childTransport))
		return
	}
	goleak.VerifyTestMain(zsocktest.OnEach(m, transports, &transport))
}

func child(text, transport string) {
	port, _ := strconv.Atoi(text)
	cfg := zyre.Config{Name: "child", Port: uint16(port), Interfaces: []string{zyre.Loopback()}}
	for _, t := range transports {
		if t.String() == transport {
			cfg.Transport = t
		}
	}
	node, err := zyre.Start(context.Background(), cfg)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	node.Join("CHAT")
	fmt.Println(node.UUID())
	for range node.Events() {
	}
}

// startChild starts a node in a process of its own.
func startChild(t *testing.T, cfg zyre.Config) (*os.Process, zyre.UUID) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childPort, cfg.Port), childTransport+"="+cfg.Transport.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	id, err := zyre.ParseUUID(line[:len(line)-1])
	if err != nil {
		t.Fatal(line, err)
	}
	return cmd.Process, id
}

// A process that is killed says nothing: its peers find out by themselves.
func TestKilled(t *testing.T) {
	cfg := config(t)
	cfg.Evasive, cfg.Expired = 1500*time.Millisecond, 2500*time.Millisecond
	node := zyretest.Start(t, cfg)
	process, id := startChild(t, cfg)
	if e := zyretest.Next(t, node, zyre.Enter); e.Peer != id {
		t.Fatalf("%v", e)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	e := zyretest.Next(t, node, zyre.Exit)
	if !errors.Is(e.Cause, zyre.ErrExpired) && !errors.Is(e.Cause, zyre.ErrUnreachable) {
		t.Fatal(e.Cause)
	}
}

// A process that is stopped takes no messages: the sender waits, then gives it
// up; the other peers are not kept waiting. When it goes on it is back.
func TestBlocked(t *testing.T) {
	cfg := config(t)
	cfg.HighWater, cfg.SendTimeout = 10, 200*time.Millisecond
	node := zyretest.Start(t, cfg)
	other := zyretest.Start(t, cfg)
	zyretest.Next(t, node, zyre.Enter)
	process, id := startChild(t, cfg)
	for zyretest.Next(t, node, zyre.Enter).Peer != id {
	}
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var err error
	for range 10_000 {
		if err = node.Whisper(id, make([]byte, 100_000)); err != nil {
			break
		}
	}
	if !errors.Is(err, zyre.ErrBlocked) {
		t.Fatal(err)
	}
	if e := zyretest.Next(t, node, zyre.Exit); e.Peer != id || !errors.Is(e.Cause, zyre.ErrBlocked) {
		t.Fatalf("%v", e)
	}
	if err := node.Whisper(other.UUID(), []byte("still here")); err != nil {
		t.Fatal(err)
	}
	zyretest.Next(t, other, zyre.Whisper)
	if err := process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for zyretest.Next(t, node, zyre.Enter).Peer != id {
	}
	if err := node.Whisper(id, []byte("welcome back")); err != nil {
		t.Fatal(err)
	}
}

// Whatever comes over UDP and TCP costs a counter: the node lives on, with the
// peer that it has.
func TestGarbage(t *testing.T) {
	cfg := config(t)
	cfg.Name = "victim"
	victim := zyretest.Start(t, cfg)
	cfg.Name = "friend"
	friend := zyretest.Start(t, cfg)
	addr := zyretest.Next(t, friend, zyre.Enter).Addr[len("tcp://"):]
	zyretest.Next(t, victim, zyre.Enter)

	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 600)
	udp, err := net.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", cfg.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for i := range 2000 {
		for j := range noise {
			noise[j] = byte(random.Uint32())
		}
		copy(noise, "ZRE\x01")
		udp.Write(noise[:i%len(noise)])
	}
	for range 100 {
		tcp, err := net.Dial("tcp4", addr)
		if err != nil {
			t.Fatal(err)
		}
		tcp.Write(noise)
		tcp.Close()
	}
	for i := range 100 {
		if err := friend.Whisper(victim.UUID(), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
		if e := zyretest.Next(t, victim, zyre.Whisper); string(e.Msg[0]) != fmt.Sprint(i) {
			t.Fatal(e)
		}
	}
}
