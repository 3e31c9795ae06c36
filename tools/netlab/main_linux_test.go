package netlab

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// role makes this test binary the program that runs on a host.
const role = "NETLAB_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "echo": // answers every datagram; prints a line once it can
		conn, err := net.ListenPacket("udp4", ":7007")
		exitOn(err)
		fmt.Println("ready")
		buf := make([]byte, 100)
		for {
			n, from, err := conn.ReadFrom(buf)
			exitOn(err)
			conn.WriteTo(buf[:n], from)
		}
	case "ask": // asks again and again until it hears an answer
		conn, err := net.ListenPacket("udp4", ":0")
		exitOn(err)
		to, err := net.ResolveUDPAddr("udp4", os.Args[1])
		exitOn(err)
		buf := make([]byte, 100)
		for end := time.Now().Add(bound); time.Now().Before(end); {
			conn.WriteTo([]byte("hello"), to)
			conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if n, _, err := conn.ReadFrom(buf); err == nil {
				fmt.Printf("%s\n", buf[:n])
				os.Exit(0)
			}
		}
		exitOn(fmt.Errorf("no answer from %v in %v", to, bound))
	case "send": // as many datagrams as there are addresses
		for _, to := range os.Args[1:] {
			conn, err := net.Dial("udp4", to)
			exitOn(err)
			_, err = conn.Write([]byte("hello"))
			exitOn(err)
		}
		os.Exit(0)
	case "die": // a test that is killed while it has a laboratory
		l, err := Open()
		exitOn(err)
		h := l.Host("orphan")
		cmd := h.Command(context.Background(), "sleep", "1000")
		exitOn(cmd.Start())
		fmt.Println(h.Namespace())
		self, err := os.FindProcess(os.Getpid())
		exitOn(err)
		self.Kill()
		select {}
	}
	goleak.VerifyTestMain(m)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// as makes a command the given role of this test binary.
func as(r string, cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(os.Environ(), role+"="+r)
	return cmd
}
