package beacon

import (
	"fmt"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlowReaderLosesTheOldestAndIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{Queue: 10})
		defer closed(t, b)
		for i := range 25 {
			f.hear(fmt.Sprintf("10.1.0.%d:5", i+2), 1, fmt.Sprint(i))
		}
		synctest.Wait()
		for i := 15; i < 25; i++ {
			if s := next(t, b); string(s.Data) != fmt.Sprint(i) {
				t.Errorf("got %s, want %d", s.Data, i)
			}
		}
		if n := b.Stats().Dropped; n != 15 {
			t.Errorf("counted %d dropped", n)
		}
	})
}

func TestNamedInterfacesRestrictReceiving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		b := on(t, f, Config{Interfaces: []string{"lo"}})
		defer closed(t, b)
		f.hear("10.1.0.7:5", 2, "by index elsewhere") // whatever its source says
		f.hear("10.2.0.7:5", 0, "by source elsewhere")
		f.hear("8.8.8.8:5", 0, "from nowhere")
		f.hear("10.1.0.7:5", 9, "an interface that has just come")
		f.hear("10.2.0.7:5", 1, "by index")
		f.hear("10.1.0.7:5", 0, "by source")
		for _, want := range []string{"by index", "by source"} {
			if s := next(t, b); string(s.Data) != want || s.Interface != "lo" {
				t.Errorf("got %+v, want %s", s, want)
			}
		}
		if n := b.Stats().Elsewhere; n != 4 {
			t.Errorf("counted %d elsewhere", n)
		}
	})
}

func TestInterfaceOfASignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1), iface{name: "tun0", index: 3, unusable: "is point-to-point"})
		b := on(t, f, Config{})
		defer closed(t, b)
		for _, c := range []struct {
			from  string
			index int
			want  string
		}{
			{"10.2.0.7:5", 2, "eth0"},
			{"10.2.0.7:5", 0, "eth0"},
			{"10.9.0.7:5", 3, "tun0"},
			{"10.9.0.7:5", 0, ""},
			{"10.9.0.7:5", 77, "late0"},
			{"[fe80::1%eth0]:5", 0, "eth0"},
		} {
			f.hear(c.from, c.index, "x")
			if s := next(t, b); s.Interface != c.want {
				t.Errorf("%s index %d: %q, want %q", c.from, c.index, s.Interface, c.want)
			}
		}
	})
}

// A sender that was closed may have announcements of ours under way.
func TestOwnAnnouncementsOfAClosedSenderAreIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		publish(t, b, "x")
		var own string
		for _, s := range f.take() {
			if s.to == "10.2.0.255" {
				own = s.from.String()
			}
		}
		f.set(up("lo", 1, 1))
		time.Sleep(500 * ms)
		f.hear(own, 2, "x")
		time.Sleep(20 * time.Second) // by then the port may be somebody else's
		f.hear(own, 1, "another")
		if s := next(t, b); string(s.Data) != "another" {
			t.Errorf("got %q", s.Data)
		}
		if n := b.Stats().Own; n != 1 {
			t.Errorf("counted %d own", n)
		}
	})
}

func TestReceivingThatFailsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		log := &logged{}
		b := on(t, f, Config{Log: log.logger()})
		defer closed(t, b)
		start := time.Now()
		for range 10 {
			f.in <- syscall.ENETDOWN
		}
		if d := time.Since(start); d < 7*time.Second {
			t.Errorf("10 failures within %v", d)
		}
		f.hear("10.1.0.7:5", 1, "better")
		next(t, b)
		if s := log.take(); s != "WARN receiving fails; trying again network is down" {
			t.Errorf("log: %s", s)
		}
		f.in <- syscall.ENETDOWN
		synctest.Wait()
		if n := b.Stats().SoftErrors; n != 11 {
			t.Errorf("counted %d", n)
		}
		f.in <- syscall.ENETDOWN
		synctest.Wait()
		end := time.Now()
		closed(t, b)
		if d := time.Since(end); d != 0 {
			t.Errorf("Close waited %v for the next try", d)
		}
	})
}
