package server

import "github.com/zeromq/gozyre/libfmq/internal/dir"

// Receipt says that a client has all of a file (6.4).
type Receipt struct {
	Client string // as it calls itself (6.7); empty: it does not say
	Path   string
	Size   int64
	Digest dir.Digest
	Held   bool // it had it already
}

// takeReceipt takes the sequence of a NOM for a receipt, if it is one. With credit, 0 is what a client says that has stored nothing yet.
func (a *client) takeReceipt(sequence, credit uint64) {
	if sequence == 0 && credit > 0 {
		return
	}
	e, ok := a.ends[sequence]
	if !ok {
		if a.turn != nil && len(a.early) < maxEarly { // it may be for a file of this turn: we hear of its end later than the client
			a.early = append(a.early, sequence)
		}
		return
	}
	delete(a.ends, sequence)
	if a.unreceipted[e.Path] == sequence {
		delete(a.unreceipted, e.Path)
	}
	a.core.cfg.Receipt(Receipt{Client: a.name, Path: e.Path, Size: e.Size, Digest: e.Digest})
}

// noteEnds, when a turn is over, notes for which files there may be receipts, and which the client had.
func (a *client) noteEnds(t *Turn) {
	for _, e := range t.Ends {
		if _, ok := a.unreceipted[e.Path]; ok {
			a.unreceipted[e.Path] = e.Sequence
			a.ends[e.Sequence] = e
		}
	}
	early := a.early
	a.early = nil
	for _, sequence := range early {
		a.takeReceipt(sequence, 0)
	}
	for _, r := range t.Held {
		if a.unreceipted[r.Path] == 0 { // it is as good as a receipt
			delete(a.unreceipted, r.Path)
		}
		r.Client, r.Held = a.name, true
		a.core.cfg.Receipt(r)
	}
}
