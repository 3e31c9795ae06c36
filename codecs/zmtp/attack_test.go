package zmtp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// attackTarget makes the test program an attacker of that address.
const attackTarget = "ZMTP_TEST_ATTACK"

const (
	attackers   = 10_000
	patience    = 60 * time.Second
	kindsOfEvil = 5
)

// evil is the i-th attacker: it does what it does and keeps its connection for as long as it is let.
func evil(c net.Conn, i int) {
	hello := zmtp.GreetingAndReady("DEALER", "")
	drip := func(from int) {
		for _, octet := range hello[from:] {
			<-time.After(time.Second)
			if _, err := c.Write([]byte{octet}); err != nil {
				return
			}
		}
	}
	switch i % kindsOfEvil {
	case 0:
		io.CopyN(c, newGarbage(uint64(i)), 4096)
	case 1:
		c.Write(hello[:i%len(hello)])
	case 2:
		drip(0)
	case 3:
		c.Write(hello[:60])
		drip(60)
	case 4: // well brought up, at first
		c.Write(hello)
		io.CopyN(c, newGarbage(uint64(i)), 100)
	}
	io.Copy(io.Discard, c) // until it is closed
}

// garbage is not even random.
type garbage struct{ state uint64 }

func newGarbage(seed uint64) *garbage { return &garbage{seed*2862933555777941757 + 3037000493} }

func (g *garbage) Read(b []byte) (int, error) {
	for i := range b {
		g.state = g.state*6364136223846793005 + 1442695040888963407
		b[i] = byte(g.state >> 56)
	}
	return len(b), nil
}

// attack is the attacker's process. It says when everybody is connected, and ends with its standard input.
func attack(target string) {
	slots := make(chan struct{}, 50) // who connects all at once only tests the queue of the kernel
	var all sync.WaitGroup
	for i := range attackers {
		slots <- struct{}{}
		all.Add(1)
		go func() {
			var d net.Dialer
			if runtime.GOOS == "linux" { // everything in 127.0.0.0/8 is this machine
				d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, byte(1+i%7), byte(i>>8), byte(1+i%250))}
			}
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			c, err := d.DialContext(ctx, "tcp4", target)
			cancel()
			<-slots
			all.Done()
			if err != nil {
				fmt.Println("dial:", err)
				return
			}
			defer c.Close()
			evil(c, i)
		}()
	}
	all.Wait()
	fmt.Println("connected")
	io.Copy(io.Discard, os.Stdin)
}

// memory is what the program holds, after the collector's work.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// TestAttack has ten thousand connections that send garbage, stop half-way or drip one octet a second: they cost bounded
// memory and disturb nobody.
func TestAttack(t *testing.T) {
	in, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := in.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		t.Fatal(err)
	}
	old := newHonest(t, "old", r.Endpoint())
	stop, echoed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(echoed)
		for {
			select {
			case <-in.Inbox().Ready():
			case <-stop:
				return
			}
			for _, e := range in.Inbox().Take(nil) {
				if e.Type == zsock.Message {
					r.Send(e.Peer, e.Frames)
				}
			}
		}
	}()
	defer func() { close(stop); <-echoed }()
	old.exchange(1)

	before := memory()
	_, port, _ := net.SplitHostPort(r.Endpoint()[len("tcp://"):])
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), attackTarget+"=127.0.0.1:"+port)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
	}()
	connected := make(chan string, attackers)
	go func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			connected <- lines.Text()
		}
		close(connected)
	}()

	most := before
	began := time.Now()
	for i, under := 0, true; under; i++ {
		select {
		case line, open := <-connected:
			if !open || line != "connected" {
				t.Fatalf("the attacker: %s", line)
			}
			under = false
		default:
		}
		old.exchange(10)
		if i%20 == 0 { // somebody new comes in the midst of it
			newHonest(t, "new"+strconv.Itoa(i), r.Endpoint()).exchange(1)
		}
		if i%50 == 0 {
			most = max(most, memory())
		}
		if time.Since(began) > 3*patience {
			t.Fatal("the attack does not come to an end")
		}
	}
	old.exchange(100)
	newHonest(t, "late", r.Endpoint()).exchange(10)
	most = max(most, memory())
	if bound := uint64(zmtp.DefaultHandshakes*16<<10 + 16<<20); most-before > bound {
		t.Errorf("it cost %d KB, at most %d are all right", (most-before)>>10, bound>>10)
	}
	if old.down > 0 {
		t.Errorf("an honest connection broke %d times", old.down)
	}
	t.Logf("%d connections in %v, at most %d KB, %+v", attackers, time.Since(began).Round(time.Millisecond), (most-before)>>10, in.Stats())
}

// honest is a peer that wants nothing but an answer.
type honest struct {
	t *testing.T
	zsock.Sockets
	link  zsock.Link
	said  int
	down  int
	batch []zsock.Event
}

func newHonest(t *testing.T, name, endpoint string) *honest {
	t.Helper()
	s, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	l, err := s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint, Identity: []byte(name)})
	if err != nil {
		t.Fatal(err)
	}
	return &honest{t: t, Sockets: s, link: l}
}

// exchange says things and hears them back.
func (h *honest) exchange(n int) {
	h.t.Helper()
	for range n {
		h.said++
		if err := h.link.Send([][]byte{[]byte(strconv.Itoa(h.said))}); err != nil {
			h.t.Fatal(err)
		}
		for heard := false; !heard; {
			select {
			case <-h.Inbox().Ready():
			case <-time.After(patience):
				h.t.Fatalf("message %d got no answer", h.said)
			}
			h.batch = h.Inbox().Take(h.batch)
			for _, e := range h.batch {
				switch {
				case e.Type == zsock.Message && string(e.Frames[0]) == strconv.Itoa(h.said):
					heard = true
				case e.Type == zsock.Message:
					h.t.Fatalf("got %q, want %d", e.Frames, h.said)
				case e.Type == zsock.Down:
					h.down++
				}
			}
		}
	}
}
