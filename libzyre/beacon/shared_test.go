package beacon

import (
	"errors"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
)

// doors counts the sockets that receive on a port in this process, and their beacons.
func doors(port uint16) (open, tenants int) {
	shared.Lock()
	defer shared.Unlock()
	for d, t := range shared.inlets {
		if d.port == port {
			open++
			tenants += t.tenants
		}
	}
	return open, tenants
}

func TestBeaconsOfAProcessShareASocket(t *testing.T) {
	a := onLoopback(t, 0)
	b := onLoopback(t, a.Port())
	c := onLoopback(t, a.Port())
	other := onLoopback(t, 0)
	if open, tenants := doors(a.Port()); open != 1 || tenants != 3 {
		t.Errorf("%d sockets, %d beacons", open, tenants)
	}
	stranger(t, a.Port(), "to all")
	for _, x := range []*Beacon{a, b, c} {
		s := next(t, x)
		if string(s.Data) != "to all" {
			t.Errorf("heard %q", s.Data)
		}
		s.Data[0] = 'T' // the reader's own
	}
	closed(t, a) // who opened it
	stranger(t, b.Port(), "to two")
	for _, x := range []*Beacon{b, c} {
		if s := next(t, x); string(s.Data) != "to two" {
			t.Errorf("heard %q", s.Data)
		}
	}
	if n := a.Stats().Received; n != 1 {
		t.Errorf("one that is closed received %d", n)
	}
	closed(t, b)
	closed(t, c)
	if open, _ := doors(a.Port()); open != 0 {
		t.Error("the socket is open still")
	}
	if n := other.Stats().Received; n != 0 {
		t.Errorf("another port received %d", n)
	}
}

func TestComingAndGoingWhileDatagramsArrive(t *testing.T) {
	a := onLoopback(t, 0)
	stop := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				stranger(t, a.Port(), "x", "x", "x")
			}
		}
	})
	var some sync.WaitGroup
	for range 4 {
		some.Go(func() {
			for range 20 {
				b, err := Listen(Config{Port: a.Port(), Interfaces: []string{loopback()}, Queue: 1})
				if err != nil {
					t.Error(err)
					return
				}
				if err := b.Publish([]byte("y")); err != nil {
					t.Error(err)
				}
				<-b.Signals()
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	some.Wait()
	close(stop)
	all.Wait()
	if _, tenants := doors(a.Port()); tenants != 1 {
		t.Errorf("%d beacons", tenants)
	}
}

func TestSocketThatBreaksEndsAllItsBeacons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		a := on(t, f, Config{})
		b := on(t, f.beside(), Config{})
		f.in <- syscall.EBADF
		late := on(t, f.beside(), Config{})
		for _, x := range []*Beacon{b, late, a} {
			for range x.Signals() { // ends
			}
			if err := x.Close(); !errors.Is(err, syscall.EBADF) {
				t.Errorf("Close: %v", err)
			}
		}
	})
}
