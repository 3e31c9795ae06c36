// Package libzmq is the transport of package zsock that stands on the C library libzmq, through github.com/pebbe/zmq4.
// It is the only part of the project that needs cgo, libzmq's headers and a C compiler.
//
//	sockets, err := libzmq.Transport{}.Open(zsock.Options{})
//
// # How it works
//
// Each socket has a mutex, and whoever holds it may touch the socket: Send writes in line, so that the high-water
// mark is exact and no message waits for another goroutine. One goroutine per set of sockets receives. It sleeps in
// zmq_poll on the descriptors of the sockets that receive, of those that are full, and of a wake-up pair; it never
// polls on a timer. It receives a batch of frames in one call into C.
//
// A set has a libzmq context of its own, so that Close can wait until what was queued has left. The same goroutine
// answers there when libzmq asks whether to admit a peer (ZAP), and calls the listener's Authenticate: one that blocks
// stops the whole set.
//
// # What libzmq cannot do, and what follows
//
//   - It does not count octets: HighWaterOctets refuses a single message that is larger; what is queued is bounded in
//     messages (HighWater). Behind the queue, libzmq's buffers and the kernel's hold more messages in flight.
//   - It does not tell when a peer of a ROUTER has room again: that one's Send says ErrUntold.
//   - Redial drops what is queued for the old endpoint: libzmq keeps a queue per connection, and ends it with it.
//     When a connection breaks by itself the queue is kept, and what was on its way may be lost silently.
//   - It never says Up, Down or Failed, and counts as Refused those alone whom Authenticate refused.
//   - A link that was refused, or met another mechanism, soon gives up until Redial; its Send says ErrFull. (A wrong
//     Server key looks like a connection that broke, and is tried again.)
//   - Endpoints inproc:// have no Security, and Listen and Dial refuse one there. A link at such an endpoint whose listener
//     has closed is not connected anew before Redial.
//   - A client of PLAIN must have a name or a password. A Heartbeat is at least 100 ms long for the other end.
//   - Frames that exceed MaxMessage by no more than 33 octets with CURVE, or that have at most 1,024 octets, are dropped and
//     counted, without disconnecting who sent them: libzmq counts those of the handshake too.
//   - With ROUTER_HANDOVER (always on) a second connection of the same identity replaces the first, dead or alive: whoever knows
//     a peer's identity can cut it off, unless Authenticate keeps strangers out. Messages of the first that were not read
//     yet then arrive under an identity of five octets that begins with zero.
//   - zsock.Unacknowledged is always negative, not known: libzmq keeps its connections to itself.
//   - Connections, ConnectionsPerAddress, UnfinishedOctets, QueuedOctets and Dials are ignored. There is no bound on connections but
//     the number of descriptors, none on what they hold of unfinished messages, and none on what is queued in all but HighWater
//     times the number of peers. All links connect at once. Stats do not count Taken, Crowded, Swollen and Clogged, nor
//     Connections, Handshakes, Unfinished and Queued.
//   - A peer that sends frame after frame of one message, without an end, makes libzmq hold them all: MaxMessage bounds
//     each frame there, and the whole message only here, behind libzmq.
//   - A link takes about 55 KB of memory, both ends together, and each end two descriptors at most. An end that sends only
//     costs the receiving goroutine nothing.
package libzmq
