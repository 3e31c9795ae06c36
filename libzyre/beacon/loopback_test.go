package beacon

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// childEnv makes the test binary a program that announces its value, tells the port
// (PORT in the environment: joins that one) and then what it hears, until stdin ends.
// INTERFACE is other than loopback; SETUP are arguments of ip, run after a line of stdin.
const childEnv = "GOZYRE_BEACON_CHILD"

func child() {
	var port uint16
	fmt.Sscan(os.Getenv("PORT"), &port)
	on := cmp.Or(os.Getenv("INTERFACE"), loopback())
	if setup := os.Getenv("SETUP"); setup != "" {
		bufio.NewReader(os.Stdin).ReadString('\n')
		for _, args := range strings.Split(setup, ";") {
			if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
				fmt.Printf("error ip %s: %v: %s\n", args, err, out)
				os.Exit(1)
			}
		}
	}
	b, err := Listen(Config{Port: port, Interfaces: []string{on}})
	if err == nil {
		err = b.Publish([]byte(os.Getenv(childEnv)))
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("port", b.Port())
	go func() {
		for s := range b.Signals() {
			fmt.Println("heard", string(s.Data))
		}
	}()
	io.Copy(io.Discard, os.Stdin)
	b.Close()
}

func loopback() string {
	all, err := net.Interfaces()
	if err != nil {
		panic(err)
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	panic("no loopback interface")
}

// onLoopback listens on loopback only; port 0 is a free one.
func onLoopback(t *testing.T, port uint16) *Beacon {
	t.Helper()
	b, err := Listen(Config{Port: port, Interfaces: []string{loopback()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, b) })
	return b
}

func publish(t *testing.T, b *Beacon, text string) {
	t.Helper()
	if err := b.Publish([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// stranger sends datagrams to the port as another program would, from a port of its own.
func stranger(t *testing.T, port uint16, datagrams ...string) {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, d := range datagrams {
		if _, err := c.WriteToUDP([]byte(d), &net.UDPAddr{IP: net.IPv4(127, 255, 255, 255), Port: int(port)}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTwoBeaconsSeeEachOther(t *testing.T) {
	a := onLoopback(t, 0)
	b := onLoopback(t, a.Port())
	publish(t, a, "from a")
	publish(t, b, "from b")
	s := nextWhere(t, b, says("from a"))
	if s.Addr != netip.MustParseAddr("127.0.0.1") || s.Interface != loopback() || s.Time.IsZero() {
		t.Errorf("signal %+v", s)
	}
	nextWhere(t, a, says("from b"))
}

func TestFirstAnnouncementHasLeftWhenPublishReturns(t *testing.T) {
	a := onLoopback(t, 0)
	b := onLoopback(t, a.Port())
	publish(t, a, "hello")
	if n := a.Stats().Sent; n < 1 {
		t.Errorf("sent %d", n)
	}
	next(t, b)
}

func TestOwnAnnouncementsAreIgnored(t *testing.T) {
	a := onLoopback(t, 0)
	witness := onLoopback(t, a.Port())
	publish(t, a, "mine")
	for range birth { // the whole burst has been on the network
		nextWhere(t, witness, says("mine"))
	}
	stranger(t, a.Port(), "end")
	if s := next(t, a); string(s.Data) != "end" {
		t.Errorf("heard %q", s.Data)
	}
	if n := a.Stats().Own; n < uint64(len(birth)) {
		t.Errorf("own %d", n)
	}
}

func TestThreeProcessesOnOneHost(t *testing.T) {
	names := []string{"one", "two", "three"}
	port := ""
	var outs []*bufio.Scanner
	for _, name := range names {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+name, "PORT="+port, "GORACE=atexit_sleep_ms=0")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			in.Close()
			if err := cmd.Wait(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		lines := bufio.NewScanner(out)
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "port ") {
			t.Fatalf("%s says %q", name, lines.Text())
		}
		port = strings.TrimPrefix(lines.Text(), "port ")
		outs = append(outs, lines)
	}
	for i, lines := range outs {
		missing := map[string]bool{}
		for j, name := range names {
			if j != i {
				missing["heard "+name] = true
			}
		}
		for len(missing) > 0 && lines.Scan() { // go test's own time-out is the deadline
			if lines.Text() == "heard "+names[i] {
				t.Fatalf("%s hears itself", names[i])
			}
			delete(missing, lines.Text())
		}
		if len(missing) > 0 {
			t.Errorf("%s misses %v", names[i], missing)
		}
		go func() { // or it would block on a full pipe
			for lines.Scan() {
			}
		}()
	}
}

func TestForeignProgramOwnsThePort(t *testing.T) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	port := c.LocalAddr().(*net.UDPAddr).Port
	b, err := Listen(Config{Port: uint16(port), Interfaces: []string{loopback()}})
	if err == nil {
		b.Close()
		t.Fatal("no error")
	}
	if !errors.Is(err, ErrPortInUse) || !strings.Contains(err.Error(), fmt.Sprint(port)) || !strings.Contains(err.Error(), "another port") {
		t.Errorf("error %q", err)
	}
}

func TestDatagramFromAnEphemeralPortIsAccepted(t *testing.T) {
	b := onLoopback(t, 0)
	stranger(t, b.Port(), "hello")
	if s := next(t, b); string(s.Data) != "hello" {
		t.Errorf("heard %q", s.Data)
	}
}

func TestDatagramOverTheSizeIsDropped(t *testing.T) {
	b := onLoopback(t, 0)
	stranger(t, b.Port(), strings.Repeat("x", MaxPayload+1), strings.Repeat("x", 9000), strings.Repeat("y", MaxPayload), "")
	if s := next(t, b); string(s.Data) != strings.Repeat("y", MaxPayload) {
		t.Errorf("heard %q", s.Data)
	}
	if s := next(t, b); len(s.Data) != 0 {
		t.Errorf("heard %q", s.Data)
	}
	if s := b.Stats(); s.Oversize != 2 || s.Received != 4 {
		t.Errorf("%+v", s)
	}
}

// A flood costs its octets and no more: of ours, nothing is allocated before a datagram
// is accepted; x/net makes a list of one control message, 24 octets.
func TestReceivingAllocatesNextToNothing(t *testing.T) {
	conn, err := listen("udp4", 0)
	if err != nil {
		t.Fatal(err)
	}
	in := newSocket(conn, "udp4")
	defer in.close()
	s := &sockets{number: uint16(conn.LocalAddr().(*net.UDPAddr).Port)}
	n, err := s.open(network{place{prefix: netip.MustParsePrefix("127.0.0.1/8")}, netip.MustParseAddr("127.255.255.255")})
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	if err := conn.SetReadDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	data, buf := []byte("hello"), make([]byte, MaxPayload+1)
	allocs := testing.AllocsPerRun(100, func() {
		if err := n.send(data); err != nil {
			t.Fatal(err)
		}
		if a, err := in.receive(buf); err != nil || a.size != len(data) || a.from != n.local() {
			t.Fatalf("%+v %v", a, err)
		}
	})
	if allocs > 1 {
		t.Errorf("%v allocations to send and receive a datagram", allocs)
	}
}

func TestPublishRefusesSizes(t *testing.T) {
	b := onLoopback(t, 0)
	for _, n := range []int{0, MaxPayload + 1} {
		if err := b.Publish(make([]byte, n)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
	for _, n := range []int{1, MaxPayload} {
		if err := b.Publish(make([]byte, n)); err != nil {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []Config{{Interval: -1}, {Interval: 1}, {Interval: 1 << 60}, {Queue: -1}, {Queue: 1 << 30}} {
		if b, err := Listen(c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
			if err == nil {
				b.Close()
			}
		}
	}
}

func TestWrongInterfaceNameListsThoseThatExist(t *testing.T) {
	b, err := Listen(Config{Interfaces: []string{loopback(), "nosuch7"}})
	if err == nil {
		b.Close()
		t.Fatal("no error")
	}
	if !errors.Is(err, ErrInterface) || !strings.Contains(err.Error(), `"nosuch7"`) || !strings.Contains(err.Error(), loopback()) {
		t.Errorf("error %q", err)
	}
}

func TestCloseIsIdempotent(t *testing.T) {
	b := onLoopback(t, 0)
	publish(t, b, "x")
	done := make(chan error)
	for range 4 {
		go func() { done <- b.Close() }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := b.Publish([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("Publish: %v", err)
	}
	b.Silence()
	for range b.Signals() { // ends
	}
	if err := b.Err(); err != nil {
		t.Errorf("Err: %v", err)
	}
}
