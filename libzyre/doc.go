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
//   - Its cable was pulled, or its host lost its power. Whoever misses three beacons in
//     a row is pinged, and on Linux the system says whether the other host
//     acknowledges that: if not, ErrUnreachable, within 8 s; with 65 nodes and more, which
//     announce themselves less often, within 14 s. Elsewhere, and with libzmq, it is
//     the next case.
//   - It does not run, stopped by SIGSTOP for instance, while its host acknowledges what it
//     gets. After Config.Evasive it is Evasive, a second later Silent, and gone after
//     Config.Expired: ErrExpired.
//
// Datagrams can be forged and get lost, so no beacon ends a peer: it makes
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
// # Where beacons do not reach
//
// Config.Peers are endpoints where somebody may be found: they are tried for ever, beside
// discovery, and who is there is a peer like any other. It has a fixed
// Config.TCPPort, and Config.Advertise if it is to be reached at an
// address that is not its own. Peers that hear no beacons of each other ask
// each other, by a ping, every few seconds.
//
// # Files
//
// A node with Config.Inbox has files: what it publishes arrives in the inbox of every
// peer that has one, now or later, and a group's in those of its members.
//
//	node, err := zyre.Start(ctx, zyre.Config{Inbox: "inbox"})
//	...
//	node.Publish("/home/alice/a.jpg", "photos/a.jpg")
//	node.PublishTo("CHAT", "/home/alice/notes.txt", "notes.txt")
//	for e := range node.Events() {
//		switch e.Type {
//		case zyre.Deliver: // a file of e.Peer is here, whole: e.File; its name is e.Path
//		case zyre.Progress: // e.Done of e.Size octets are here
//		case zyre.Refused: // it could not be taken: e.Cause
//		case zyre.Sent: // e.Peer has all of what this node published as e.Path
//		}
//	}
//
// Nothing is copied to be offered, and what is in the file when it is fetched is
// what arrives; when it changes it is sent anew, a second after the last change. A
// file appears in the inbox when all of it is here and its digest was checked. What breaks
// off goes on where it stopped, also when the publisher was started anew, if it has
// the same UUID. What the inbox holds whole is not delivered again, also to a node that was started
// anew: look into the inbox for that. Retract ends an offer; whoever has the file keeps it. Leave what was
// delivered where it is as long as its publisher is there, or copy it: what is missing is fetched again.
//
// Each peer's files are in a folder of that peer's own, Inbox/UUID: two may
// publish the same name, and both files are kept. Names are what the peer chose: they
// never lead out of that folder, but mind control characters where you show them. Only the disk
// bounds how much peers put into the inbox.
//
// Deliver, Progress, Refused and Sent come between a peer's Enter and its Exit. A file that
// was whole just as its publisher left is told of when that is back. Sent may come
// again when the peer does. Whoever reads events slowly slows the transfers down; only
// Progress is left out.
//
// With an Outbox alone a node publishes and fetches nothing. With neither it has nothing to do with
// files, and pays nothing for them.
//
// # Who watches
//
// A node tells collectors what happens to it: who enters, leaves, joins a group, is lost, and every five seconds what it has
// counted. A collector is a peer that offers the header X-ZRELOG; package collector is one for programs, and `zyre log` a tool. There may be any
// number of them (32 are served at a time, 8 of one host), at any time. Config.LogLevel says how much is told, or
// nothing, and SetLogLevel changes that. An application adds its own with LogText.
//
//	node.LogText(zyre.LogWarning, "the oven is hot")
//
// Nobody waits for a collector: what it does not take in time is dropped, and it is told how much that was. Contents of messages are never told.
// While there is no collector there is no socket, no goroutine and nothing allocated for it. What is told is said in rfcs/zrelog.
//
// # Calls and errors
//
// Methods may be called from any goroutine, also from the one that reads the events. Whisper, Shout, Join and Leave return when the message
// is queued, which is at once unless a peer's queue is full; Ping waits for its answer; Publish, PublishTo and Retract
// wait for the disk; Close until what is queued has left, for a bounded time. Errors are met with errors.Is: ErrInvalid for what makes no sense,
// ErrUnknownPeer and ErrBlocked for a peer that is gone or takes nothing, ErrClosed once the node has ended. Node.Err says why it has.
//
// Read the events for as long as the node lives, or its peers wait in the end.
//
// # What it costs a network
//
// Beacons have 22 octets, and come every Config.Interval; in networks of more
// than 28 nodes each waits for 35 ms times their number, up to 4 s, so that all together take
// one part in a hundred of the time on the air of a slow wireless network.
// Nobody is pinged who is heard. Join and Leave go to 64 peers at once, and to 64
// more every 50 ms.
//
// # What it speaks
//
// ZRE/2 with a ZRE-DISC beacon on UDP port 5670, as the Zyres in C, Python and
// JavaScript do: rfcs/zre and rfcs/beacon. The messages are unencrypted; whoever is on the network can read
// and forge them.
//
// # How it is made
//
// The protocol is a state machine without sockets, goroutines or clocks
// (internal/core). One goroutine owns it and waits for what comes in: from
// package beacon, which announces and listens; from package harmony, which holds
// the connections; from the application's calls; from one timer; from internal/share, which serves and fetches
// files with libfmq. Package
// zyretest has what tests of an application need: nodes on loopback, and nodes in a
// simulated network. Package zyretest/history checks what nodes tell.
package zyre
