package beacon

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// told tells how often Changes yielded, with what has happened settled.
func told(b *Beacon) int {
	n := 0
	for {
		time.Sleep(time.Second)
		select {
		case <-b.Changes():
			n++
		default:
			return n
		}
	}
}

func TestChangesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		b := on(t, f, Config{})
		defer closed(t, b)
		if told(b) != 0 {
			t.Error("told what was there at the start")
		}
		unplugged := up("eth0", 2, 1)
		unplugged.places[0].plugged, unplugged.networks[0].plugged = false, false
		tunnel := iface{name: "tun0", index: 7, unusable: "is point-to-point",
			places: []place{{name: "tun0", index: 7, prefix: netip.MustParsePrefix("10.8.0.2/32"), plugged: true}}}
		reordered := up("eth0", 2, 2)
		slices.Reverse(reordered.places)
		for _, c := range []struct {
			what   string
			ifaces []iface
			want   int
		}{
			{"an interface that comes", []iface{up("lo", 1, 1), up("eth0", 2, 1), up("wlan0", 3, 1)}, 1},
			{"nothing", []iface{up("lo", 1, 1), up("eth0", 2, 1), up("wlan0", 3, 1)}, 0},
			{"an interface that goes", []iface{up("lo", 1, 1), up("eth0", 2, 1)}, 1},
			{"an interface down", []iface{up("lo", 1, 1), down("eth0", 2)}, 1},
			{"and up", []iface{up("lo", 1, 1), up("eth0", 2, 1)}, 1},
			{"a cable pulled", []iface{up("lo", 1, 1), unplugged}, 1},
			{"and plugged in", []iface{up("lo", 1, 1), up("eth0", 2, 1)}, 1},
			{"an address that comes", []iface{up("lo", 1, 1), up("eth0", 2, 2)}, 1},
			{"another order", []iface{reordered, up("lo", 1, 1)}, 0},
			{"an address that goes", []iface{up("lo", 1, 1), up("eth0", 2, 1)}, 1},
			{"a tunnel, where nothing is announced", []iface{up("lo", 1, 1), up("eth0", 2, 1), tunnel}, 1},
		} {
			f.set(c.ifaces...)
			if n := told(b); n != c.want {
				t.Errorf("%s: told %d times, want %d", c.what, n, c.want)
			}
		}
		for i := range 5 { // nobody takes it: once is enough
			f.set(up("lo", 1, 1), up("eth0", 2, i+1))
			time.Sleep(time.Second)
		}
		if n := told(b); n != 1 {
			t.Errorf("told %d times of what was not taken", n)
		}
	})
}

func TestWhatBeginsBeforeTheNetworkIsAnnouncedWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(down("lo", 1), down("eth0", 2))
		log := &logged{}
		b := on(t, f, Config{Interval: time.Hour, Log: log.logger()})
		defer closed(t, b)
		publish(t, b, "x")
		time.Sleep(time.Minute)
		if all := f.take(); len(all) != 0 {
			t.Errorf("announced %v without a network", all)
		}
		f.set(down("lo", 1), up("eth0", 2, 1))
		if n := told(b); n != 1 {
			t.Errorf("told %d times of the interface", n)
		}
		if all := f.take(); len(all) != len(birth) {
			t.Errorf("announced %v, want the burst", all)
		}
		if s := log.take(); s != "WARN no interface can be used yet; waiting for one lo is down; eth0 is down\nINFO interface has come eth0" {
			t.Errorf("log: %q", s)
		}
	})
}

func TestChangesElsewhereAreNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1), up("eth0", 2, 1))
		b := on(t, f, Config{Interfaces: []string{"lo"}})
		defer closed(t, b)
		f.set(up("lo", 1, 1), up("eth0", 2, 2), up("wlan0", 3, 1))
		if n := told(b); n != 0 {
			t.Errorf("told %d times", n)
		}
	})
}

func TestACableThatIsPluggedInIsAnnouncedOnAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("eth0", 1, 1))
		log := &logged{}
		b := on(t, f, Config{Interval: time.Hour, Log: log.logger()})
		defer closed(t, b)
		publish(t, b, "x")
		time.Sleep(time.Minute)
		pulled := up("eth0", 1, 1)
		pulled.places[0].plugged, pulled.networks[0].plugged = false, false
		f.set(pulled)
		time.Sleep(time.Minute)
		f.take()
		f.set(up("eth0", 1, 1))
		time.Sleep(time.Second)
		if all := f.take(); len(all) != len(birth) {
			t.Errorf("announced %v, want the burst", all)
		}
		if s := log.take(); s != "" {
			t.Errorf("log: %s", s)
		}
	})
}
