// Package zyretrace is what `zyre trace` and `zyre replay` do: it merges the
// traces of several nodes into one story, draws that as a sequence diagram, and
// plays traces again.
//
// Clocks of different hosts differ. What a node sent and another one received is
// one message in both traces; so much later as it came, the clocks differ or the
// network took. Where messages went in both directions, the quickest of each say
// which it was.
package zyretrace
