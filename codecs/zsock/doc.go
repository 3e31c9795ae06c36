// Package zsock is the small part of ZeroMQ that this project's protocols need, as interfaces: a [Transport]
// opens a set of [Sockets] that share one [Inbox]; Listen binds a socket, Dial connects one.
//
// What every transport promises:
//
//   - Nothing here blocks on the network. Send queues or returns [ErrFull]; what arrives, and what changes,
//     comes as [Event] values through the Inbox.
//   - Every queue has a bound. A consumer that does not Take suspends receiving, and the peers' queues fill in turn.
//   - Identities are public, and prove nothing. A Router that can tell whether a connection is alive gives the identity of
//     one that is to nobody else; who has lost its connection comes back under its identity.
//   - A message is one or more frames, each of zero or more octets, delivered whole or not at all, in order per link.
//   - Frames received belong to the receiver. Frames sent may be reused as soon as Send has returned.
//
// The package has no implementation and no dependencies. Transports live beside it: codecs/zmtp and codecs/libzmq. Package
// zsocktest holds the conformance suite that each transport must pass.
//
// Stability: Draft.
package zsock
