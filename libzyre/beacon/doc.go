// Package beacon announces a small opaque payload on every network of this
// host, and tells what others announce. It is how programs on one network find
// each other without a server and without configuration. The payload's meaning
// is the caller's: the package knows neither ZRE nor any other protocol.
//
//	b, err := beacon.Listen(beacon.Config{Port: 9999})
//	if err != nil { ... }
//	defer b.Close()
//	if err := b.Publish([]byte("printer on 631")); err != nil { ... }
//	for s := range b.Signals() {
//		fmt.Println(s.Addr, string(s.Data))
//	}
//
// # What goes over the network
//
// One UDP datagram an announcement, payload only, 1 to 512 octets ([MaxPayload]).
// It goes to the directed broadcast address of each IPv4 network of each
// interface that is up (192.168.1.255 for 192.168.1.7/24), loopback included
// through 127.255.255.255, and never to a single host: a broadcast reaches every
// socket that shares the port, a unicast only one of them. Point-to-point links
// and networks of one or two addresses (/31, /32) have no broadcast address and
// are left out.
//
// [Beacon.Publish] announces at once, again after 50, 150 and 350 ms, since first
// datagrams get lost, and from then on once an interval, each time 10 % earlier
// or later at random, so that many hosts do not fall into step. [Beacon.Pace] changes the
// interval, for a network that has become large.
//
// # What is told, and when
//
// News is told at once: a source that was not heard before, or one that says something
// else. A repeat is told up to 200 ms late (a sixteenth of the time since it was last
// heard, if that is less), together with others, so that a reader is not woken for each.
// The order stays that of arrival.
//
// When the reader is too slow, the oldest signals are dropped. While the queue is half
// full, an address can add no more than a quarter of it, so that a flood from one
// address does not hide the others.
//
// # Many on one host
//
// Any number of beacons, in one process or in many, share a port; those of one process
// share the socket that receives, too. Each sends from ports of its own; that is how
// it knows its own announcements and leaves them out. Others may send from any port. One neighbour that shares several networks
// with us (or runs on this host) is heard once on each of them.
//
// # Interfaces come and go
//
// Interfaces, networks and addresses that appear are announced on at once, and
// found within a second or so: Linux tells of changes, elsewhere the list is
// read each second. A cable that is plugged in, or a radio that finds its network,
// counts as new where the system tells of it: another network may be behind it.
// [Beacon.Changes] tells of all that. None has to be up when [Listen] is called: what
// begins while a host boots is found as soon as there is a network.
//
// What fails for a while (network down, no route, a firewall) is tried again each
// interval, logged once an outage, and counted in [Stats]. What cannot get better by
// itself ends the beacon: [Beacon.Signals] is closed and [Beacon.Err] says why.
//
// [Config.Interfaces] restricts both directions to the interfaces it names:
// nothing is sent elsewhere, and what arrives elsewhere is not told.
//
// # Trust
//
// Nothing here is authenticated: anybody on the network can announce anything and
// forge the source. Take a signal as a hint that is worth an attempt to connect.
//
// # IPv6
//
// With [Config.IPv6], which is a draft, announcements also go to the link-local group
// of all nodes, [Group6], from the link-local address of each interface that can multicast.
//
// # Systems
//
// Tested on Linux. It builds for macOS, the BSDs and Windows. Where the system
// does not tell the interface of a datagram (Windows), it is derived from the source
// address. Linux delivers 127.255.255.255 to every listener of the host; other
// systems may need one more interface for two programs on one host to meet.
package beacon
