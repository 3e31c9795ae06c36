// Package sim runs nodes in a network and a time that do not exist.
//
// A World replaces what is beneath a node: connections, datagrams, interfaces,
// hosts and the clock. The nodes themselves are the production code of
// internal/node and internal/core. One goroutine does one event after the other,
// in the order of virtual time, so a simulated hour takes seconds.
//
// Everything follows from one seed. What is random is drawn from streams that are
// keyed by the seed, by what is drawn and by whom, never in the order in which
// things happen to be asked for: an action that is taken out of a scenario leaves
// all other draws as they were, which is what makes it possible to shrink one.
//
// # What is modelled, and how
//
// A host has interfaces on segments, a kernel, a clock and processes, each of which
// is a node. Datagrams are broadcast on a segment: one latency for all receivers,
// loss for each. A connection is modelled message by message: a latency that keeps
// order, a bandwidth, a window, acknowledgements, retransmission with a time-out
// that doubles, SYNs that are repeated, refusals, FIN and RST that may be lost,
// keep-alive. Beneath that it is what codecs/zmtp does: the handshake, the queue
// with its high-water mark, back-off, handover of an identity.
//
// A process can be frozen while its kernel lives (SIGSTOP), a host can sleep, lose its
// power, move to another address, lose an interface. Clocks may jump forward only:
// the clock that Go measures with is monotonic, and does not know backwards.
package sim
