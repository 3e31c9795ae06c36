package beacon

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// waits tells the times between announcements to 10.1.0.255 during d.
func waits(f *fake, d time.Duration) []time.Duration {
	f.take()
	start := time.Now()
	time.Sleep(d)
	at := times(start, "10.1.0.255", f.take())
	var w []time.Duration
	for i := 1; i < len(at); i++ {
		w = append(w, at[i]-at[i-1])
	}
	return w
}

func within(t *testing.T, w []time.Duration, interval time.Duration, least int) {
	t.Helper()
	for _, d := range w {
		if d < interval*9/10 || d > interval*11/10 {
			t.Errorf("interval %v, want %v ± 10 %%", d, interval)
		}
	}
	if len(w) < least {
		t.Errorf("%d announcements", len(w))
	}
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{Interval: 10 * time.Second})
		defer closed(t, b)
		publish(t, b, "x")
		time.Sleep(5 * time.Second)
		f.take()
		b.Pace(2 * time.Second)
		start := time.Now()
		time.Sleep(8 * time.Second)
		at := times(start, "10.1.0.255", f.take())
		if len(at) == 0 || at[0] < 4*time.Second { // 9 s + 0.35 s after the start, at the earliest
			t.Fatalf("announced at %v", at)
		}
		within(t, waits(f, time.Minute), 2*time.Second, 25)
		for _, c := range []struct{ set, want time.Duration }{
			{4 * time.Second, 4 * time.Second},
			{0, 10 * ms},
			{-1, 10 * ms},
			{1 << 62, time.Hour},
		} {
			b.Pace(c.set)
			time.Sleep(5 * time.Second) // the next comes as it was to come
			within(t, waits(f, 20*c.want), c.want, 17)
		}
	})
}

func TestPaceLeavesTheBurstAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		b.Pace(time.Minute)
		start := time.Now()
		publish(t, b, "x")
		time.Sleep(45 * time.Second)
		if at := times(start, "10.1.0.255", f.take()); !slices.Equal(at, birth[:]) {
			t.Errorf("announced at %v, want the burst", at)
		}
		start = time.Now()
		f.set(up("lo", 1, 1), up("eth0", 2, 1))
		time.Sleep(2 * time.Second)
		at := times(start, "10.2.0.255", f.take())
		for i := range at {
			at[i] -= scanSettle
		}
		if !slices.Equal(at, birth[:]) {
			t.Errorf("announced on the new interface at %v, want the burst", at)
		}
	})
}

func TestPaceOfAClosedBeacon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := on(t, newFake(up("lo", 1, 1)), Config{})
		closed(t, b)
		b.Pace(time.Second)
	})
}
