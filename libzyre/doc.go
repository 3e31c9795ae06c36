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
// peer exits with the cause and enters anew: there is never a silent gap. A peer
// is gone when it says so, or when nothing was heard of it for Config.Expired,
// however it died.
//
// Nothing is dropped for a slow reader: once Config.Queue events are held, the
// node stops taking messages, and its peers have to wait. A peer that takes
// nothing for Config.SendTimeout is given up, and is back with its next HELLO.
//
// What strangers send, however malformed, costs a counter ([Stats]) and nothing
// else.
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
// zyretest has what tests of an application need.
package zyre
