package beacon

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// late tells how long a datagram that is sent now takes to be told.
func late(t *testing.T, f *fake, b *Beacon, from, data string) time.Duration {
	t.Helper()
	start := time.Now()
	f.hear(from, 1, data)
	s := next(t, b)
	if string(s.Data) != data || s.Addr != netip.MustParseAddrPort(from).Addr() || !s.Time.Equal(start) {
		t.Errorf("heard %+v, want %q of %v", s, data, start)
	}
	return time.Since(start)
}

func TestNewsAreToldAtOnceAndRepeatsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		for i, c := range []struct {
			after      time.Duration
			from, data string
			want       time.Duration
		}{
			{0, "10.1.0.7:5", "x", 0},
			{50 * ms, "10.1.0.7:5", "x", 0}, // its burst
			{160 * ms, "10.1.0.7:5", "x", 10 * ms},
			{1590 * ms, "10.1.0.7:5", "x", 100 * ms},
			{time.Minute, "10.1.0.7:5", "x", 200 * ms},
			{time.Second, "10.1.0.7:5", "y", 0}, // says something else
			{time.Second, "10.1.0.8:5", "y", 0}, // somebody else
			{time.Second, "10.1.0.8:6", "y", 0},
		} {
			time.Sleep(c.after)
			if d := late(t, f, b, c.from, c.data); d != c.want {
				t.Errorf("%d: told after %v, want %v", i, d, c.want)
			}
		}
		other := on(t, f.beside(), Config{})
		defer closed(t, other)
		time.Sleep(10 * time.Second)
		if d := late(t, f, b, "10.1.0.8:6", "y"); d != 0 {
			t.Errorf("told a newcomer after %v", d)
		}
		next(t, other)
	})
}

func TestNewsDoNotOvertakeRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		source := func(i int) string { return fmt.Sprintf("10.1.0.7:%d", i+1) }
		for i := range maxHeld + 3 {
			f.hear(source(i), 1, "x")
			next(t, b)
		}
		time.Sleep(time.Minute)
		for i := range 3 {
			f.hear(source(i), 1, "x")
			time.Sleep(10 * ms)
		}
		f.hear("10.1.0.8:1", 1, "news")
		synctest.Wait()
		if n := len(b.Signals()); n != 4 {
			t.Fatalf("%d told, want 3 and the news", n)
		}
		for _, want := range []string{"x", "x", "x", "news"} {
			if s := next(t, b); string(s.Data) != want {
				t.Errorf("heard %q, want %q", s.Data, want)
			}
		}
		start := time.Now() // a wake-up for those that have gone is under way still
		f.hear(source(3), 1, "x")
		next(t, b)
		if d := time.Since(start); d != maxWait {
			t.Errorf("told after %v", d)
		}
		time.Sleep(time.Minute)
		for i := range maxHeld + 1 { // more than fit
			f.hear(source(i), 1, "x")
		}
		synctest.Wait()
		if n := len(b.Signals()); n != maxHeld+1 {
			t.Errorf("%d told", n)
		}
	})
}

func TestAReaderIsWokenSeldomByRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		var wakes []time.Time
		const nodes, rounds = 100, 5
		for round := range rounds {
			for i := range nodes {
				f.hear(fmt.Sprintf("10.1.0.7:%d", i+1), 1, "x")
				for range 35 {
					time.Sleep(ms)
					for len(b.Signals()) > 0 {
						<-b.Signals()
						if round > 0 && (len(wakes) == 0 || !wakes[len(wakes)-1].Equal(time.Now())) {
							wakes = append(wakes, time.Now())
						}
					}
				}
			}
		}
		if n := len(wakes); n > (rounds-1)*nodes/5 {
			t.Errorf("woken %d times by %d repeats", n, (rounds-1)*nodes)
		}
	})
}

func TestForgedSourcesAreForgotten(t *testing.T) {
	r := newRepeats()
	now := time.Now()
	for i := range 100_000 {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 5)
		if d := r.wait(arrival{from: from, at: now}, []byte("x")); d != 0 {
			t.Fatalf("waits %v", d)
		}
		if len(r.known) > maxKnown {
			t.Fatalf("%d sources are known", len(r.known))
		}
	}
}
