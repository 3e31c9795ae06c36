// Package harmony is the Harmony pattern: true peers over ZeroMQ. A node has one ROUTER socket, for input only, and
// one DEALER socket per peer, for output only, so each peer has an outgoing queue of its own and nobody waits for
// anybody. It stands on any transport of package zsock. The specification is gozyre/HARMONY, in the folder rfcs/harmony.
//
// The package knows nothing about what the messages say, and nothing about discovery: the user tells it whom to
// Connect. Package zyre is what most programs want; this one is for protocols of their own.
//
//	h, err := harmony.Listen(harmony.Config{ID: id, Transport: zmtp.Transport{}})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer h.Close()
//	h.Connect(peer, "tcp://192.168.1.7:49152") // found by other means
//	h.Send(peer, [][]byte{[]byte("hello")})
//	for range h.Ready() {
//		for _, e := range h.Take(nil) {
//			if e.Type == harmony.Message {
//				fmt.Printf("%X: %s\n", e.Peer, e.Frames)
//			}
//		}
//	}
//
// # Two ways
//
// What comes in tells whom it is from, and never gives a way back: who wants to answer connects to that peer's ROUTER. So two
// nodes that talk have two connections, and either may stand while the other does not. A message can be sent as soon as Connect
// has returned: it waits in the queue until the peer is there. The first one should say where its sender is to be reached, and
// say that it is the first: after a gap, or when a peer comes back, both begin anew with it.
//
// # Identities
//
// On the wire a node's routing identity is the octet 0x01 and its 16-octet [ID] (rfcs/harmony, 4). A message that arrives under
// any other identity is dropped and counted. The ROUTER tells its own identity to who connects (Event.Identity of Up). Identities are
// public: a peer that has lost its connection comes back under its own, but a connection that is alive is not given up for
// another one of the same identity, and nobody comes in under ours (of this libzmq knows nothing: see there).
//
// # What waits, and what is bounded
//
// Nothing here waits for the network but Close, 200 ms at most. A queue that is full says [ErrFull], and keeps saying it until
// Writable was taken, so that order is kept: give the peer up, or wait, but do not leave a message out. Events that nobody takes
// suspend receiving (Config.Inbox), and the peers' queues fill in turn. Messages of one peer arrive in order, each whole or not
// at all; when a connection breaks, what was on its way may be lost, and only numbers in the messages can show that.
//
// Methods may be called from any goroutine, Take from one at a time. Errors are met with errors.Is.
package harmony
