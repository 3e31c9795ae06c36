package beacon

import "sync/atomic"

// Stats counts what happened since Listen.
type Stats struct {
	Sent       uint64 // datagrams sent, all interfaces together
	Received   uint64 // datagrams received, whatever became of them
	Own        uint64 // of those: our own, left out
	Elsewhere  uint64 // of those: arrived on an interface that Config.Interfaces does not name, left out
	Oversize   uint64 // of those: longer than 512 octets, left out
	Dropped    uint64 // signals dropped because the reader was slow
	SoftErrors uint64 // failures that are tried again, sending and receiving
	Outages    uint64 // outages of interfaces, each logged once
	Interfaces int    // interfaces in use now
}

type counters struct {
	sent, received, own, elsewhere, oversize, dropped, softErrors, outages atomic.Uint64
	interfaces                                                             atomic.Int64
}

// Stats gives the counters; also after the end.
func (b *Beacon) Stats() Stats {
	c := &b.counters
	return Stats{
		Sent:       c.sent.Load(),
		Received:   c.received.Load(),
		Own:        c.own.Load(),
		Elsewhere:  c.elsewhere.Load(),
		Oversize:   c.oversize.Load(),
		Dropped:    c.dropped.Load(),
		SoftErrors: c.softErrors.Load(),
		Outages:    c.outages.Load(),
		Interfaces: int(c.interfaces.Load()),
	}
}
