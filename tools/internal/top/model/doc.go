// Package model is what `zyre top` knows of a network: who is there, in which
// groups, how much each of them moves, and what happened last. It is fed with the
// events of one node, with the records that the others publish (gozyre/ZRELOG),
// and with the results of pings. It has no goroutine, no clock and no lock: one
// goroutine owns it, and says what time it is.
//
// Everything in it is bounded. Of the peers that are present the node itself
// bounds the number, and the size of what they say of themselves; of those that are gone, of
// broken links and of what happened only the latest are kept.
package model
