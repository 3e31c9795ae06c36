package zreinterface

import (
	"math/rand/v2"
	"net"
	"regexp"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/tools/guide/udplib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loopback is a configuration of a network of our own.
func loopback(t *testing.T) Config {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux takes broadcasts on loopback")
	}
	for {
		port := 20000 + rand.IntN(12000)
		if probe, err := net.ListenUDP("udp4", &net.UDPAddr{Port: port}); err == nil {
			probe.Close()
			return Config{Port: port, Interface: "lo", Interval: 20 * time.Millisecond, Expiry: 2 * time.Second}
		}
	}
}

func begin(t *testing.T, cfg Config) *Interface {
	t.Helper()
	i, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i
}

// next is the next event.
func next(t *testing.T, i *Interface) Event {
	t.Helper()
	select {
	case e, ok := <-i.Events():
		if !ok {
			t.Fatalf("ended: %v", i.Err())
		}
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("nothing happened")
	}
	panic("unreachable")
}

func TestComeAndGo(t *testing.T) {
	cfg := loopback(t)
	a, b := begin(t, cfg), begin(t, cfg)
	if !regexp.MustCompile(`^[0-9A-F]{32}$`).MatchString(a.UUID()) {
		t.Errorf("UUID %s is not 32 upper-case hex digits", a.UUID())
	}
	for _, pair := range [][2]*Interface{{a, b}, {b, a}} {
		if got, want := next(t, pair[0]), (Event{"JOINED", pair[1].UUID()}); got != want {
			t.Errorf("%s got %v, want %v", pair[0].UUID(), got, want)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if got, want := next(t, a), (Event{"LEFT", b.UUID()}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What is not 16 octets long is no beacon.
func TestRubbish(t *testing.T) {
	cfg := loopback(t)
	a := begin(t, cfg)
	udp, err := udplib.New(cfg.Port, cfg.Interface)
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for _, n := range []int{0, 1, 15, 17, 22, 512} {
		if err := udp.Send(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
	}
	b := begin(t, cfg)
	if got, want := next(t, a), (Event{"JOINED", b.UUID()}); got != want {
		t.Errorf("the first event is %v, want %v", got, want)
	}
}

func TestClose(t *testing.T) {
	a := begin(t, loopback(t))
	for range 2 {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, ok := <-a.Events(); ok {
		t.Error("Events goes on after Close")
	}
	if err := a.Err(); err != nil {
		t.Errorf("Err after Close: %v", err)
	}
}

func TestRefused(t *testing.T) {
	for _, cfg := range []Config{
		{Port: 0},
		{Port: 9999, Interface: "nowhere"},
		{Port: 9999, Interval: -1},
		{Port: 9999, Interval: 5 * time.Second},
	} {
		if i, err := New(cfg); err == nil {
			i.Close()
			t.Errorf("%+v was accepted", cfg)
		}
	}
}
