package netlab

import (
	"fmt"
	"net/netip"
)

// Link is one end of a cable: an interface of a host.
type Link struct {
	// Name is the interface's name on its host, such as eth0.
	Name string
	// Prefix is its address and network.
	Prefix netip.Prefix

	host *Host
	far  end
}

// end is where a cable ends: an interface of a host or the port of a switch.
type end struct {
	host *Host
	name string
}

// link gives a new interface its address and takes it up.
func (h *Host) link(name, address string, far end) *Link {
	h.lab.tb.Helper()
	c := &Link{Name: name, host: h, far: far}
	c.assign(address)
	c.Restore()
	return c
}

// assign adds an address to the interface.
func (c *Link) assign(address string) {
	c.host.lab.tb.Helper()
	prefix, err := netip.ParsePrefix(address)
	if err != nil {
		c.host.lab.tb.Fatalf("netlab: address of %s on %s: %v: write it as 10.77.0.1/24", c.Name, c.host.name, err)
	}
	c.Prefix = prefix
	c.addressing("add")
}

// addressing adds or deletes the address.
func (c *Link) addressing(verb string) {
	c.host.lab.tb.Helper()
	args := []string{"ip", "-n", c.host.ns, "address", verb, c.Prefix.String(), "dev", c.Name}
	if verb == "add" && c.Prefix.Addr().Is4() {
		args = append(args, "broadcast", "+")
	} else if verb == "add" {
		args = append(args, "nodad") // else it is of no use for a second
	}
	c.host.lab.run("", args...)
}

// Addr is the interface's address.
func (c *Link) Addr() netip.Addr { return c.Prefix.Addr() }

// Readdress gives the interface another address, such as 10.77.0.9/24, in place
// of the one that it has: what DHCP does on another network. It stays up; routes
// through a Gateway are gone.
func (c *Link) Readdress(address string) {
	c.host.lab.tb.Helper()
	c.addressing("delete")
	c.assign(address)
}

// Cut takes the interface down; the other end loses its carrier.
func (c *Link) Cut() {
	c.host.lab.tb.Helper()
	c.set(end{c.host, c.Name}, "down")
}

// Restore takes the interface up again, with the address that it had.
func (c *Link) Restore() {
	c.host.lab.tb.Helper()
	c.set(end{c.host, c.Name}, "up")
}

// Unplug pulls the cable out at the other end: the interface stays up and loses
// its carrier, and nobody's connections are told.
func (c *Link) Unplug() {
	c.host.lab.tb.Helper()
	c.set(c.far, "down")
}

// Replug puts the cable back in.
func (c *Link) Replug() {
	c.host.lab.tb.Helper()
	c.set(c.far, "up")
}

// Move puts the cable of a switch into another switch. The interface loses its
// carrier for a moment; its address stays.
func (c *Link) Move(to *Switch) {
	c.host.lab.tb.Helper()
	if !c.far.host.isSwitch {
		c.host.lab.tb.Fatalf("netlab: the cable of %s on %s ends at host %s, at no switch", c.Name, c.host.name, c.far.host.name)
	}
	c.Unplug()
	c.host.lab.run("", "ip", "-n", c.far.host.ns, "link", "set", "dev", c.far.name, "netns", to.host.ns)
	c.far.host = to.host
	c.set(c.far, "master", bridge, "up")
}

// Remove takes the cable away for good: the interfaces at both ends are gone.
func (c *Link) Remove() {
	c.host.lab.tb.Helper()
	c.host.lab.run("", "ip", "-n", c.host.ns, "link", "delete", "dev", c.Name)
}

// Gateway makes a host on that network the way to all others; see Host.Route.
func (c *Link) Gateway(by netip.Addr) {
	c.host.lab.tb.Helper()
	c.host.lab.run("", "ip", "-n", c.host.ns, "route", "replace", "default", "via", by.String(), "dev", c.Name)
}

// Route makes the host a router: it forwards packets between its networks, and
// no broadcasts.
func (h *Host) Route() {
	h.lab.tb.Helper()
	h.Output("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
}

// NAT makes a router hide what is behind it: connections that leave by that
// interface come from its address there, and those to that TCP port of it go to
// the hidden host and port, such as 10.1.0.1:80.
func (h *Host) NAT(outside string, port uint16, hidden string) {
	h.lab.tb.Helper()
	h.nft(fmt.Sprintf("add table ip nat\n"+
		"add chain ip nat in { type nat hook prerouting priority -100; }\n"+
		"add chain ip nat out { type nat hook postrouting priority 100; }\n"+
		"add rule ip nat in iifname %[1]q tcp dport %[2]d dnat to %[3]s\n"+
		"add rule ip nat out oifname %[1]q masquerade\n", outside, port, hidden))
}

func (c *Link) set(e end, what ...string) {
	c.host.lab.tb.Helper()
	c.host.lab.run("", append([]string{"ip", "-n", e.host.ns, "link", "set", "dev", e.name}, what...)...)
}
