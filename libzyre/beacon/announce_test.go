package beacon

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

// times tells when the announcements to a target were made, from a start.
func times(from time.Time, to string, all []sent) []time.Duration {
	var at []time.Duration
	for _, s := range all {
		if s.to == to {
			at = append(at, s.at.Sub(from))
		}
	}
	return at
}

func TestBurstThenIntervalWithJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		time.Sleep(700 * ms)
		start := time.Now()
		publish(t, b, "x")
		if n := len(f.take()); n != 2 {
			t.Fatalf("%d announcements when Publish returned, want one on each interface", n)
		}
		time.Sleep(100 * time.Second)
		all := f.take()
		for _, to := range []string{"10.1.0.255", "10.2.0.255"} {
			at := times(start, to, all)
			if !slices.Equal(at[:3], []time.Duration{50 * ms, 150 * ms, 350 * ms}) {
				t.Errorf("burst on %s at %v", to, at[:3])
			}
			waits := map[time.Duration]bool{}
			for i := 3; i < len(at); i++ {
				wait := at[i] - at[i-1]
				if wait < 900*ms || wait > 1100*ms {
					t.Errorf("interval %v", wait)
				}
				waits[wait] = true
			}
			if len(at) < 90 || len(waits) < len(at)/2 {
				t.Errorf("%d announcements with %d different intervals", len(at), len(waits))
			}
		}
		if got := b.Stats().Sent; got != uint64(len(all)+2) {
			t.Errorf("counted %d, sent %d", got, len(all)+2)
		}
	})
}

func TestPublishAgainReplaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{Interval: 10 * time.Second})
		defer closed(t, b)
		text := []byte("old")
		if err := b.Publish(text); err != nil {
			t.Fatal(err)
		}
		copy(text, "xxx") // the beacon has a copy
		time.Sleep(60 * ms)
		for _, s := range f.take() {
			if s.data != "old" {
				t.Errorf("announced %q", s.data)
			}
		}
		start := time.Now()
		publish(t, b, "new")
		time.Sleep(time.Second)
		all := f.take()
		if at := times(start, "10.1.0.255", all); !slices.Equal(at, birth[:]) {
			t.Errorf("burst %v", at)
		}
		for _, s := range all {
			if s.data != "new" {
				t.Errorf("announced %q", s.data)
			}
		}
	})
}

func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		publish(t, b, "x")
		b.Silence()
		f.take()
		time.Sleep(time.Minute)
		if all := f.take(); len(all) > 0 {
			t.Errorf("announced %v", all)
		}
		f.hear("10.1.0.7:5", 1, "still listening")
		next(t, b)
		publish(t, b, "y")
		if all := f.take(); len(all) != 1 {
			t.Errorf("announced %v", all)
		}
	})
}

func TestInterfaceThatAppearsIsAnnouncedOnAtOnce(t *testing.T) {
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprintf("told=%v", told), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(up("lo", 1, 1))
				within := 200 * ms
				if !told {
					f.told, within = nil, 2*time.Second
				}
				b := on(t, f, Config{Interval: time.Minute})
				defer closed(t, b)
				publish(t, b, "x")
				time.Sleep(10500 * ms)
				f.take()
				start := time.Now()
				f.set(up("lo", 1, 1), up("wlan0", 2, 1))
				time.Sleep(within + birth[len(birth)-1])
				at := times(start, "10.2.0.255", f.take())
				if len(at) != len(birth) || at[0] > within {
					t.Errorf("announced at %v, want a burst within %v", at, within)
				}
				if n := b.Stats().Interfaces; n != 2 {
					t.Errorf("%d interfaces", n)
				}
			})
		})
	}
}

func TestChangesThatFlutterCostFewScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		for range 1000 {
			f.set(up("lo", 1, 1))
			time.Sleep(ms)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.scans > 12 {
			t.Errorf("%d scans in a second", f.scans)
		}
	})
}

func TestSoftErrorsAreRetriedAndReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 2)) // two networks on eth0: one may work
		log := &logged{}
		b := on(t, f, Config{Log: log.logger()})
		defer closed(t, b)
		publish(t, b, "x")
		for outage := range 3 {
			time.Sleep(10 * time.Second)
			if s := log.take(); s != "" {
				t.Fatalf("log before the outage: %s", s)
			}
			before := b.Stats()
			f.fail("10.2.1.255", syscall.ENETUNREACH)
			f.take()
			time.Sleep(30 * time.Second)
			if s := log.take(); s != "WARN interface fails; trying again each interval eth0 network is unreachable" {
				t.Errorf("log of outage %d: %s", outage, s)
			}
			s := b.Stats()
			if n := s.SoftErrors - before.SoftErrors; n < 27 || n > 34 {
				t.Errorf("%d soft errors in 30 intervals", n)
			}
			if s.Outages != before.Outages+1 {
				t.Errorf("%d outages, before %d", s.Outages, before.Outages)
			}
			all := f.take()
			if n := len(times(time.Now(), "10.2.0.255", all)); n < 27 {
				t.Errorf("the other network was announced on %d times", n)
			}
			f.fail("10.2.1.255", nil)
			time.Sleep(1200 * ms)
			if s := log.take(); s != "INFO interface works again eth0" {
				t.Errorf("log after outage %d: %s", outage, s)
			}
		}
	})
}

func TestAddressThatCannotBeUsedYetIsSoft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		f.deaf["10.2.0.255"] = syscall.EADDRNOTAVAIL
		b := on(t, f, Config{})
		defer closed(t, b)
		publish(t, b, "x")
		time.Sleep(5 * time.Second)
		f.mu.Lock()
		delete(f.deaf, "10.2.0.255")
		f.mu.Unlock()
		f.take()
		time.Sleep(1200 * ms)
		if at := times(time.Now(), "10.2.0.255", f.take()); len(at) == 0 {
			t.Error("never announced")
		}
	})
}

func TestInterfaceDownIsAnOutageReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		log := &logged{}
		b := on(t, f, Config{Log: log.logger()})
		defer closed(t, b)
		publish(t, b, "x")
		f.fail("10.2.0.255", syscall.ENETDOWN) // noticed by sending first
		time.Sleep(3 * time.Second)
		f.set(up("lo", 1, 1), down("eth0", 2)) // and then told
		time.Sleep(30 * time.Second)
		if s := log.take(); s != "WARN interface fails; trying again each interval eth0 network is down" {
			t.Errorf("log: %s", s)
		}
		f.fail("10.2.0.255", nil)
		f.set(up("lo", 1, 1), up("eth0", 2, 1))
		time.Sleep(time.Second)
		if s := log.take(); s != "INFO interface works again eth0" {
			t.Errorf("log: %s", s)
		}
		b.Silence() // also when nothing is sent
		f.set(up("lo", 1, 1), down("eth0", 2))
		time.Sleep(time.Second)
		if s := log.take(); s != "WARN interface fails; trying again each interval eth0 is down" {
			t.Errorf("log: %s", s)
		}
		f.set(up("lo", 1, 1), up("eth0", 2, 1))
		time.Sleep(time.Second)
		if s := log.take(); s != "INFO interface works again eth0" {
			t.Errorf("log: %s", s)
		}
		f.set(up("lo", 1, 1))
		time.Sleep(time.Second)
		if s := log.take(); s != "INFO interface is gone eth0" {
			t.Errorf("log: %s", s)
		}
		f.set(up("lo", 1, 1), up("eth0", 3, 1))
		time.Sleep(time.Second)
		if s := log.take(); s != "INFO interface has come eth0" {
			t.Errorf("log: %s", s)
		}
		if n := b.Stats().Outages; n != 2 {
			t.Errorf("%d outages", n)
		}
	})
}

func TestHardErrorsEndTheBeacon(t *testing.T) {
	for name, hit := range map[string]func(*testing.T, *fake, *Beacon){
		"sending": func(t *testing.T, f *fake, b *Beacon) {
			f.fail("10.1.0.255", syscall.EBADF)
			if err := b.Publish([]byte("x")); !errors.Is(err, syscall.EBADF) || !errors.Is(err, ErrClosed) {
				t.Errorf("Publish: %v", err)
			}
		},
		"sending later": func(t *testing.T, f *fake, b *Beacon) {
			publish(t, b, "x")
			f.fail("10.1.0.255", syscall.EBADF)
		},
		"receiving": func(t *testing.T, f *fake, b *Beacon) { f.in <- syscall.EBADF },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
				b := on(t, f, Config{})
				hit(t, f, b)
				for range b.Signals() { // ends
				}
				if err := b.Err(); !errors.Is(err, syscall.EBADF) {
					t.Errorf("Err: %v", err)
				}
				if err := b.Close(); !errors.Is(err, syscall.EBADF) {
					t.Errorf("Close: %v", err)
				}
				if err := b.Publish([]byte("x")); !errors.Is(err, ErrClosed) || !errors.Is(err, syscall.EBADF) {
					t.Errorf("Publish: %v", err)
				}
			})
		})
	}
}

func TestInterfacesThatCannotBeListedAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		log := &logged{}
		b := on(t, f, Config{Log: log.logger()})
		defer closed(t, b)
		publish(t, b, "x")
		f.fail("scan", syscall.EMFILE)
		time.Sleep(time.Minute)
		if s := log.take(); s != "WARN interfaces cannot be listed; going on with those known too many open files" {
			t.Errorf("log: %s", s)
		}
		f.take()
		time.Sleep(2 * time.Second)
		if len(f.take()) == 0 {
			t.Error("not announced any more")
		}
	})
}
