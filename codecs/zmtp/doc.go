// Package zmtp is the transport of package zsock in Go alone: ZMTP 3.1 (RFC 37) over TCP, IPC and within the process, with the
// mechanisms NULL, PLAIN (RFC 24) and CURVE (RFC 25, RFC 26). It talks with libzmq 4 and whatever else speaks ZMTP 3.
//
//	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
//
// # How it works
//
// A link or a listener's peer has a queue, in which messages stand as they will on the wire. Send appends to it, and starts a
// goroutine that writes what has gathered and ends when there is nothing more. Another goroutine per connection reads; while
// it waits it holds no buffer. So an idle link costs two small stacks, one at each end, and nothing wakes up. The frames of
// short messages share memory, 4 KB of it at most; long ones are read to where they stay (see zsock.Recycle), and are written from
// where they are if they are given away (see zsock.SendOwned).
//
// Connections say of themselves when they come to stand, break, and could not be made (zsock's Up, Down, Failed). A link whose
// connection broke makes it anew at once if it had stood for a second, else after 100 ms and more, 2 s at most, with jitter.
//
// # What is lost when a connection breaks
//
// A message arrives whole or not at all, and messages of one connection arrive in order. What no writer had taken yet stays
// queued and goes out over the next connection. Lost is what was on its way: in the hands of the writer (up to 64 KB of
// messages, or one longer message), in the buffers of the two systems, and in those of a receiver that ended. Down says that
// something may be lost; Stats.Lost counts what the transport itself had in its hands. libzmq loses the same, and says nothing.
//
// A second connection of the same routing identity replaces the first (libzmq's ROUTER_HANDOVER). What had arrived over the
// first is delivered first; what was queued for it is dropped.
//
// # What is bounded
//
//   - The queue to a peer, in messages and in octets (HighWater, HighWaterOctets); beside it one chunk of up to 64 KB, or one
//     message, is in the writer's hands.
//   - What a connection may cost before its handshake is done, and how many there may be (see Transport); when there are too
//     many, the oldest is closed.
//   - Frames and messages (MaxMessage, MaxFrames). A length is checked when it is read, and memory is allocated as octets
//     arrive: at most 64 KB, or as much as the longest frame that came over the connection, ahead of them.
//   - Commands (8 KB), PINGs not yet answered, a subscriber's topics (1024 of them, 16 KB together).
//
// Not bounded here is how many peers are admitted: Authenticate decides that. And who does not take what comes answers no
// PING either; with a Heartbeat of its own it gives signs of life all the same.
//
// # What is not there
//
// ZMTP 1 and 2 (libzmq before 4), other socket types than zsock's, a listener that is the client of PLAIN or CURVE.
//
// Stability: Draft.
package zmtp
