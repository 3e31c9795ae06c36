// Package report tells collectors what happens to a node: ZRELOG (rfcs/zrelog), the publisher's side.
//
// A peer whose HELLO has the header X-ZRELOG is a collector, from its Enter to its Exit. It gets a PUB link of its own, to the port
// that the header names at the address where the peer is. While there is no collector there is no socket, no goroutine and
// no timer, and an event costs a comparison.
//
// Nothing here waits. What a collector does not take in time fills its link's queue, whose bounds are small; what does not fit is
// dropped and counted, and the collector is told the number as soon as there is room.
//
// A Reporter belongs to the node's goroutine, but for Wanted.
package report
