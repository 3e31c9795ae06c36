// Package harmony is the Harmony pattern: true peers over ZeroMQ. A node has one ROUTER socket, for input only, and
// one DEALER socket per peer, for output only, so each peer has an outgoing queue of its own and nobody waits for
// anybody.
//
// On the wire a node's routing identity is the octet 0x01 and its 16-octet [ID] (RFC 36). A message that arrives under
// any other identity is dropped and counted. The ROUTER tells its own identity to who connects (Event.Identity of Up). Identities are
// public: a peer that has lost its connection comes back under its own, but a connection that is alive is not given up for
// another one of the same identity, and nobody comes in under ours (of this libzmq knows nothing: see there).
//
// The package knows nothing about what the messages say, and nothing about discovery: the user tells it whom to
// Connect. It stands on any transport of package zsock.
//
// Stability: Draft.
package harmony
