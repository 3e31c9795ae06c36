// Package zsock is the small part of ZeroMQ that this project's protocols need, as interfaces: a [Transport]
// opens a set of [Sockets] that share one [Inbox]; Listen binds a socket, Dial connects one.
//
// Transports live beside it: codecs/zmtp, which is Go alone, and codecs/libzmq. This package has no implementation and no dependencies.
//
//	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer sockets.Close()
//	router, err := sockets.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://*:5555"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	for range sockets.Inbox().Ready() {
//		for _, e := range sockets.Inbox().Take(nil) {
//			if e.Type == zsock.Message {
//				router.Send(e.Peer, e.Frames) // an echo
//			}
//		}
//	}
//
// The kinds of sockets are Router, Dealer, Pub and Sub: what each does with messages says rfcs/zmtp, 7.
//
// # What every transport promises
//
//   - Nothing here blocks on the network. Send queues or returns [ErrFull]; what arrives, and what changes,
//     comes as [Event] values through the Inbox.
//   - Every queue has a bound. A consumer that does not Take suspends receiving, and the peers' queues fill in turn.
//   - Identities are public, and prove nothing. A Router that can tell whether a connection is alive gives the identity of
//     one that is to nobody else; who has lost its connection comes back under its identity.
//   - A message is one or more frames, each of zero or more octets, delivered whole or not at all, in order per link.
//   - Frames received belong to the receiver. Frames sent may be reused as soon as Send has returned.
//
// Where transports differ, the option or method says so: "as far as the transport can". Errors are this package's, met with
// errors.Is; a closed set says [ErrClosed]. Methods may be called from any goroutine, [Inbox.Take] from one at a time.
//
// Package zsocktest holds the conformance suite that each transport must pass.
package zsock
