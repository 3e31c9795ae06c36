// Package libzmq is the transport of package zsock that stands on the C library libzmq, through github.com/pebbe/zmq4.
// It is the only part of the project that needs cgo, libzmq's headers and a C compiler.
//
//	sockets, err := libzmq.Transport{}.Open(zsock.Options{})
//
// # How it works
//
// Each socket has a mutex, and whoever holds it may touch the socket: Send writes in line, so that the high water
// mark is exact and no message waits for another goroutine. One goroutine per set of sockets receives. It sleeps in
// zmq_poll on the descriptors of the sockets that receive, of those that are full, and of a wake-up pair; it never
// polls on a timer. It receives a batch of frames in one call into C.
//
// A set has a libzmq context of its own, so that Close can wait until what was queued has left.
//
// # What libzmq cannot do, and what follows
//
//   - It does not count octets: HighWaterOctets refuses a single message that is larger; what is queued is bounded in
//     messages (HighWater). Behind the queue, libzmq's buffers and the kernel's hold more messages in flight.
//   - Redial drops what is queued for the old endpoint: libzmq keeps a queue per connection, and ends it with it.
//     When a connection breaks by itself the queue is kept, and what was on its way may be lost silently.
//   - It never says Up, Down or Failed.
//   - With ROUTER_HANDOVER (always on) a second connection of the same identity replaces the first. Messages of the
//     first that were not read yet then arrive under an identity of five octets that begins with zero.
//   - A peer that sends frame after frame of one message, without an end, makes libzmq hold them all: MaxMessage bounds
//     each frame there, and the whole message only here, behind libzmq.
//   - A link takes about 55 KB of memory, both ends together, and each end two descriptors at most. An end that sends only
//     costs the receiving goroutine nothing.
//
// Stability: Draft.
package libzmq
