package beacon

import (
	"errors"
	"net"
	"slices"
	"testing"
)

func TestWhichNetworksAreAnnouncedOn(t *testing.T) {
	const (
		on        = net.FlagUp | net.FlagRunning
		ethernet  = on | net.FlagBroadcast | net.FlagMulticast
		loop      = on | net.FlagLoopback
		tunnel    = on | net.FlagPointToPoint | net.FlagMulticast
		nameless  = on
		ethernet0 = net.FlagBroadcast | net.FlagMulticast // down
	)
	for _, c := range []struct {
		name  string
		flags net.Flags
		addrs []string
		six   bool
		want  []string
		why   string
	}{
		{"a LAN", ethernet, []string{"192.168.1.7/24"}, false, []string{"192.168.1.255"}, ""},
		{"odd prefixes", ethernet, []string{"10.1.2.3/8", "172.16.5.4/20", "192.0.2.5/30", "192.0.2.200/25", "100.64.1.1/10"}, false,
			[]string{"10.255.255.255", "172.16.15.255", "192.0.2.7", "192.0.2.255", "100.127.255.255"}, ""},
		{"no room for a broadcast", ethernet, []string{"192.0.2.4/31", "192.0.2.9/32", "192.0.2.1/0"}, false, nil, "has no IPv4 network with a broadcast address"},
		{"two addresses of one network", ethernet, []string{"192.0.2.4/24", "192.0.2.9/24"}, false, []string{"192.0.2.255"}, ""},
		{"loopback", loop, []string{"127.0.0.1/8", "::1/128", "10.9.9.9/24"}, true, []string{"127.255.255.255"}, ""},
		{"a tunnel", tunnel, []string{"10.0.0.1/24"}, false, nil, "is point-to-point: it has no broadcast"},
		{"no broadcast", nameless, []string{"10.0.0.1/24"}, false, nil, "cannot broadcast"},
		{"down", ethernet0, []string{"10.0.0.1/24"}, false, nil, "is down"},
		{"no address", ethernet, nil, false, nil, "has no IPv4 network with a broadcast address"},
		{"IPv6 not asked for", ethernet, []string{"fe80::1/64", "10.0.0.1/24"}, false, []string{"10.0.0.255"}, ""},
		{"IPv6", ethernet, []string{"fe80::1/64", "2001:db8::1/64", "10.0.0.1/24"}, true, []string{"ff02::1%eth7", "10.0.0.255"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var addrs []net.Addr
			for _, a := range c.addrs {
				ip, n, err := net.ParseCIDR(a)
				if err != nil {
					t.Fatal(err)
				}
				addrs = append(addrs, &net.IPNet{IP: ip, Mask: n.Mask})
			}
			addrs = append(addrs, &net.IPAddr{}, &net.IPNet{}, &net.IPNet{IP: net.IPv4(10, 0, 0, 1), Mask: net.IPv4Mask(255, 0, 255, 0)})
			f := describe(net.Interface{Name: "eth7", Index: 7, Flags: c.flags}, addrs, c.six)
			var got []string
			for _, n := range f.networks {
				got = append(got, n.target.String())
			}
			if !slices.Equal(got, c.want) || f.unusable != c.why || f.never != (c.name == "a tunnel" || c.name == "no broadcast") {
				t.Errorf("%v %q, want %v %q", got, f.unusable, c.want, c.why)
			}
		})
	}
}

func TestUsableInterfaces(t *testing.T) {
	tun := iface{name: "tun0", index: 4, unusable: "is point-to-point", never: true}
	host := []iface{up("lo", 1, 1), down("wlan0", 2), up("eth0", 3, 1)}
	for _, c := range []struct {
		ifaces []iface
		names  []string
		yet    string // why none can be used yet
		want   string // the error
	}{
		{host, nil, "", ""},
		{host, []string{"lo"}, "", ""},
		{host, []string{"wlan0", "eth0"}, "", ""},
		{host, []string{"lo", "wlan9"}, "", `beacon: no usable interface: there is no "wlan9"; this host has: eth0, lo, wlan0`},
		{host, []string{"LO"}, "", `beacon: no usable interface: there is no "LO"; this host has: eth0, lo, wlan0`},
		{host, []string{"wlan0"}, "wlan0 is down", ""},
		{[]iface{down("lo", 1), down("wlan0", 2)}, nil, "lo is down; wlan0 is down", ""},
		{[]iface{tun, down("wlan0", 2)}, nil, "tun0 is point-to-point; wlan0 is down", ""},
		{[]iface{tun, down("wlan0", 2)}, []string{"tun0"}, "", "beacon: no usable interface: tun0 is point-to-point; bring one up with an IPv4 address, loopback is enough"},
		{nil, nil, "", "beacon: no usable interface: this host has none; bring one up with an IPv4 address, loopback is enough"},
	} {
		yet, err := usable(c.ifaces, c.names)
		if yet != c.yet {
			t.Errorf("%v: waiting for %q, want %q", c.names, yet, c.yet)
		}
		switch {
		case err == nil && c.want == "":
		case err == nil, err.Error() != c.want, !errors.Is(err, ErrInterface):
			t.Errorf("%v: %v, want %s", c.names, err, c.want)
		}
	}
}
