package udplib

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBroadcast(t *testing.T) {
	for network, want := range map[string]string{
		"192.168.55.122/24": "192.168.55.255",
		"10.1.2.3/8":        "10.255.255.255",
		"172.16.37.1/20":    "172.16.47.255",
		"127.0.0.1/8":       "127.255.255.255",
		"192.0.2.7/31":      "192.0.2.7",
		"192.0.2.7/32":      "192.0.2.7",
	} {
		ip, mask, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if got := broadcast(&net.IPNet{IP: ip, Mask: mask.Mask}); got != netip.MustParseAddr(want) {
			t.Errorf("broadcast address of %s is %s, got %s", network, want, got)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, port := range []int{-1, 0, 65536} {
		if u, err := New(port, ""); err == nil {
			u.Close()
			t.Errorf("port %d was taken", port)
		}
	}
	_, err := New(9999, "nowhere")
	if err == nil || !strings.Contains(err.Error(), `"nowhere"`) {
		t.Errorf("an interface that is not there: %v", err)
	}
}

// pair opens the same free port twice on loopback.
func pair(t *testing.T) (a, b *UDP) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux takes broadcasts on loopback")
	}
	for {
		port := 20000 + rand.IntN(12000)
		probe, err := net.ListenUDP("udp4", &net.UDPAddr{Port: port})
		if err != nil {
			continue // somebody's
		}
		probe.Close()
		for _, u := range []**UDP{&a, &b} {
			if *u, err = New(port, "lo"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { (*u).Close() })
		}
		return a, b
	}
}

func TestHearsOthersAndNotItself(t *testing.T) {
	a, b := pair(t)
	for _, msg := range []struct {
		from *UDP
		text string
	}{{a, "one"}, {b, "two"}, {a, "three"}} {
		if err := msg.from.Send([]byte(msg.text)); err != nil {
			t.Fatal(err)
		}
	}
	data := make([]byte, 512)
	for _, want := range []string{"one", "three"} {
		b.in.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, from, err := b.Recv(data)
		if err != nil || string(data[:n]) != want {
			t.Fatalf("b heard %q, %v; want %q", data[:n], err, want)
		}
		if from.Addr() != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("from %v, which is not loopback", from)
		}
	}
}

func TestTooLong(t *testing.T) {
	a, _ := pair(t)
	if err := a.Send(make([]byte, 512)); err != nil {
		t.Error(err)
	}
	if err := a.Send(make([]byte, 513)); err == nil {
		t.Error("513 octets were sent")
	}
}

func TestCloseEndsRecv(t *testing.T) {
	a, _ := pair(t)
	ended := make(chan error)
	go func() {
		_, _, err := a.Recv(make([]byte, 1))
		ended <- err
	}()
	a.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Recv after Close: %v", err)
	}
	if err := a.Send([]byte("!")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
}
