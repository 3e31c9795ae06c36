// Package zmtp is the transport of package zsock in Go alone: ZMTP 3.1 (RFC 37) over TCP, IPC and within the process, with the
// mechanisms NULL, PLAIN (RFC 24) and CURVE (RFC 25, RFC 26). It talks with libzmq 4 and whatever else speaks ZMTP 3.
//
//	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
//
// Package zsock says what sockets do, which calls wait (none) and what errors there are; here stands what is this transport's own. The
// profile of ZMTP that it speaks is specified in rfcs/zmtp.
//
// # How it works
//
// A link or a listener's peer has a queue, in which messages stand as they will on the wire. Send appends to it, and starts a
// goroutine that writes what has gathered and ends when there is nothing more. Another goroutine reads, and
// while it waits it holds no buffer. On Linux a connection on which little happens has none: one goroutine of the set waits for all of
// those together. So an idle link costs no stack (elsewhere two small ones, one at each end), and nothing wakes up. The frames of
// short messages share memory, 4 KB of it at most; long ones are read to where they stay (see zsock.Recycle), and are written from
// where they are if they are given away (see zsock.SendOwned).
//
// Connections say of themselves when they come to stand, break, and could not be made (zsock's Up, Down, Failed). A link whose
// connection broke makes it anew at once if it had stood for a second, or if that is the first time, else after 100 ms and more, 2 s at most, with jitter.
//
// # What is lost when a connection breaks
//
// A message arrives whole or not at all, and messages of one connection arrive in order. What no writer had taken yet stays
// queued and goes out over the next connection. Lost is what was on its way: in the hands of the writer (up to 64 KB of
// messages, or one longer message), in the buffers of the two systems, and in those of a receiver that ended. Down says that
// something may be lost; Stats.Lost counts what the transport itself had in its hands. libzmq loses the same, and says nothing.
//
// # Who may have an identity
//
// Identities are no secrets. When somebody comes under one that a connection has, that one is asked for a sign of life (a PING). If
// anything arrives over it within a second, or on Linux its other end's system acknowledges the PING (which needs no program to wake
// up), the newcomer is refused: a Failed, Stats.Taken. Otherwise it takes the identity over; what had arrived over the old
// connection is delivered first, and what was queued for it is dropped. (libzmq's ROUTER_HANDOVER hands over at once.) A connection
// that has carried no message, either way, for its first second is not asked: else who came first could keep any identity. The same holds
// for who has lost its connection and comes back before this end has noticed: a system that has closed a connection says so
// when asked. Our own identity is given to nobody. A peer of ZMTP 3.0 knows no PING: its system is asked by TCP's keep-alive
// on Linux, and elsewhere it has to say something by itself.
//
// # What is acknowledged
//
// zsock.Unacknowledged asks the system on Linux (TCP_INFO). A connection that Transport.Dial made, and that has a method
// Unacknowledged() time.Duration, answers for itself.
//
// # What is bounded
//
//   - The queue to a peer, in messages and in octets (HighWater, HighWaterOctets); beside it one chunk of up to 64 KB, or one
//     message, is in the writer's hands. All queues together, and what is in hands (QueuedOctets).
//   - What a connection may cost before its handshake is done, and how many there may be (see Transport); when there are too
//     many, the oldest is closed.
//   - Connections to listeners, in all and from one address (Connections, ConnectionsPerAddress).
//   - Frames and messages (MaxMessage, MaxFrames). A length is checked when it is read, and memory is allocated as octets
//     arrive: at most 64 KB, or as much as the longest frame that came over the connection, ahead of them, twice what has come at most; while
//     that grows, what it was before is there too. All that has not wholly arrived (UnfinishedOctets).
//   - Commands (8 KB), PINGs not yet answered, a subscriber's topics (1024 of them, 16 KB together), links that connect (Dials).
//
// Who does not take what comes answers no PING either; with a Heartbeat of its own it gives signs of life all the same.
//
// # What is not there
//
// ZMTP 1 and 2 (libzmq before 4), other socket types than zsock's, a listener that is the client of PLAIN or CURVE.
package zmtp
