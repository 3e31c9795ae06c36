// Package zyre lets programs on one network find each other, know who is there,
// and talk to one or to a group: no server, no configuration.
//
// A [Node] announces itself on every network interface, finds the others within
// milliseconds, and tells what happens as a stream of [Event] values: a peer
// enters, joins a group, sends a message, leaves. Groups are names that their
// members agree on; nobody owns one.
//
//	node, err := zyre.Start(ctx, zyre.Config{Name: "alice"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer node.Close()
//	node.Join("CHAT")
//	for e := range node.Events() {
//		if e.Type == zyre.Shout {
//			fmt.Printf("%s: %s\n", e.Name, e.Msg[0])
//		}
//	}
//
// # What is promised
//
// For one peer Enter is the first event and Exit the last; its messages come
// between them, in the order in which they were sent. When messages are lost, the
// peer exits with the cause and enters anew: there is never a silent gap.
//
// Nothing is dropped for a slow reader: once Config.Queue events are held, the
// node stops taking messages, and its peers have to wait. A peer that takes
// nothing for Config.SendTimeout is given up, and is back with its next HELLO.
//
// What strangers send, however malformed, costs a counter ([Stats]) and nothing
// else. [Limits] bounds what all others together can make a node hold; what is over a
// limit is left out, and counted too.
//
// # Who is there
//
// An Exit says by its Cause how it is known that the peer is gone:
//
//   - It said so: ErrGoodbye.
//   - Its process died. Its connections end, nobody listens at its port: ErrUnreachable, within
//     milliseconds. The transport has to tell; codecs/zmtp does, codecs/libzmq does not.
//   - Its cable was pulled, or its host lost its power. Whoever misses three announcements in
//     a row is pinged, and on Linux the system says whether the other host
//     acknowledges that: if not, ErrUnreachable, within 8 s; with 65 nodes and more, which
//     announce themselves less often, within 14 s. Elsewhere, and with libzmq, it is
//     the next case.
//   - It does not run, stopped by SIGSTOP for instance, while its host acknowledges what it
//     gets. After Config.Evasive it is Evasive, a second later Silent, and gone after
//     Config.Expired: ErrExpired.
//
// Datagrams can be forged and get lost, so no announcement ends a peer: it makes
// the node ask. A node that could not run or did not read does not hold silence
// against others.
//
// When this node's interfaces or their addresses change, it announces itself under the
// new ones within a second or so, and makes the connections anew that left from an
// address which is gone. A peer that turns up at another address is asked where
// it was; when its host does not acknowledge that, the connection is made anew
// where it is heard, without Exit. It exits with ErrMoved or ErrLost, and enters
// again, if messages were on their way and are lost.
//
// # Where announcements do not reach
//
// Config.Peers are endpoints where somebody may be found: they are tried for ever, beside
// discovery, and who is there is a peer like any other. It has a fixed
// Config.TCPPort, and Config.Advertise if it is to be reached at an
// address that is not its own. Peers that hear no announcements of each other ask
// each other, by a ping, every few seconds.
//
// # What it costs a network
//
// Announcements have 22 octets, and come every Config.Interval; in networks of more
// than 28 nodes each waits for 35 ms times their number, up to 4 s, so that all together take
// one part in a hundred of the time on the air of a slow wireless network.
// Nobody is pinged who is heard. Join and Leave go to 64 peers at once, and to 64
// more every 50 ms.
//
// # What it speaks
//
// ZRE/2 with a ZRE-DISC beacon on UDP port 5670, as the Zyres in C, Python and
// JavaScript do. The messages are unencrypted; whoever is on the network can read
// and forge them.
//
// # How it is made
//
// The protocol is a state machine without sockets, goroutines or clocks
// (internal/core). One goroutine owns it and waits for what comes in: from
// package beacon, which announces and listens; from package harmony, which holds
// the connections; from the application's calls; from one timer. Package
// zyretest has what tests of an application need: nodes on loopback, and nodes in a
// simulated network. Package zyretest/history checks what nodes tell.
package zyre
