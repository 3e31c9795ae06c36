package zyrelog

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

// Bounds of what waits to be written, and when it is.
const (
	maxWaiting       = 200_000  // records
	maxWaitingOctets = 32 << 20 // of text
	maxBatch         = 20_000   // records written in one go
	goodBatch        = 5_000    // records that are not waited for others
	writeAfter       = 100 * time.Millisecond
	retryAfter       = time.Second
	remindAfter      = time.Minute // that it still cannot be written
)

// keeper brings records into a store. It belongs to one goroutine, and has another
// that writes, so that a slow store keeps nobody from receiving. What cannot be written
// waits in memory; when that is too much, and the store refuses, the oldest goes.
type keeper struct {
	store store.Store
	tell  func(news) // what the user should know
	own   uint16     // hash under which it tells of itself

	waiting []store.Record
	octets  int // of their text
	nodes   map[string]store.Node
	writing *store.Batch // by the other goroutine

	failure error     // why the store refuses; nil: it does not
	told    time.Time // when the user was told last
	lost    int       // records, since the store refuses

	work    chan store.Batch
	results chan error
	timer   *time.Timer
	armed   bool
	ended   chan struct{}
	cancel  context.CancelFunc

	written, dropped uint64
}

// news are of the store: it refuses, or it takes records again.
type news struct {
	failure error // nil: again
	waiting int
	lost    int
}

func newKeeper(s store.Store, own uint16, tell func(news)) *keeper {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{store: s, tell: tell, own: own, nodes: map[string]store.Node{}, cancel: cancel,
		work: make(chan store.Batch, 1), results: make(chan error, 1), timer: time.NewTimer(0), ended: make(chan struct{})}
	if !k.timer.Stop() {
		<-k.timer.C
	}
	go func() {
		defer close(k.ended)
		for b := range k.work {
			k.results <- s.Write(ctx, b)
		}
	}()
	return k
}

// full reports whether no more should be received for now, so that the nodes
// notice. While the store refuses, the newest records are worth more than the oldest.
func (k *keeper) full() bool {
	return k.failure == nil && (len(k.waiting) >= maxWaiting || k.octets >= maxWaitingOctets)
}

// add takes records over.
func (k *keeper) add(records ...store.Record) {
	for i := range records {
		k.octets += len(records[i].Text)
	}
	k.waiting = append(k.waiting, records...)
	if k.failure != nil {
		k.shed()
	}
	k.next()
}

// shed forgets the oldest of what is too much.
func (k *keeper) shed() {
	n := 0
	for ; n < len(k.waiting) && (len(k.waiting)-n > maxWaiting || k.octets > maxWaitingOctets); n++ {
		k.octets -= len(k.waiting[n].Text)
	}
	clear(k.waiting[:n])
	k.waiting = k.waiting[n:]
	k.lost += n
	k.dropped += uint64(n)
}

// maxNews is of how many nodes there may be news that wait: a node may come
// under one UUID after the other.
const maxNews = 5_000

// meet notes news of a node.
func (k *keeper) meet(n store.Node) {
	if _, known := k.nodes[n.UUID]; known || len(k.nodes) < maxNews {
		k.nodes[n.UUID] = n
	}
	k.next()
}

// next writes if that makes sense now, or sees to it that it will.
func (k *keeper) next() {
	if k.writing != nil || len(k.waiting)+len(k.nodes) == 0 {
		return
	}
	if k.failure == nil && len(k.waiting) >= goodBatch {
		k.write()
	} else if !k.armed {
		after := writeAfter
		if k.failure != nil {
			after = retryAfter
		}
		k.timer.Reset(after)
		k.armed = true
	}
}

// due is to be called when the timer says so.
func (k *keeper) due() {
	k.armed = false
	if k.writing == nil {
		k.write()
	}
}

func (k *keeper) write() {
	n := min(len(k.waiting), maxBatch)
	b := store.Batch{Records: k.waiting[:n:n]}
	for _, node := range k.nodes {
		b.Nodes = append(b.Nodes, node)
	}
	k.waiting = k.waiting[n:]
	for i := range b.Records {
		k.octets -= len(b.Records[i].Text)
	}
	clear(k.nodes)
	k.writing = &b
	k.work <- b
}

// done is to be called with what comes from results.
func (k *keeper) done(err error) {
	b := k.writing
	k.writing = nil
	if err != nil {
		k.refused(b, err)
	} else {
		k.written += uint64(len(b.Records))
		if len(k.waiting) == 0 {
			k.waiting = nil // the memory of a bad time is not kept
		}
		if k.failure != nil {
			k.recovered()
		}
	}
	k.next()
}

// refused puts a batch back.
func (k *keeper) refused(b *store.Batch, err error) {
	first := k.failure == nil
	k.failure = err
	for i := range b.Records {
		k.octets += len(b.Records[i].Text)
	}
	k.waiting = append(b.Records, k.waiting...)
	k.shed()
	for _, n := range b.Nodes {
		if _, newer := k.nodes[n.UUID]; !newer && len(k.nodes) < maxNews {
			k.nodes[n.UUID] = n
		}
	}
	if now := time.Now(); first || now.Sub(k.told) >= remindAfter {
		k.told = now
		k.tell(news{err, len(k.waiting), k.lost})
	}
}

// recovered tells that the store takes records again: the user, and who reads the log
// one day.
func (k *keeper) recovered() {
	k.tell(news{nil, len(k.waiting), k.lost})
	lost, why := k.lost, k.failure
	k.failure, k.lost = nil, 0
	if lost > 0 {
		k.add(gap(k.own, lost, why))
	}
}

// close writes what waits, for as long as ctx lasts, and returns how many records
// were not written, and why.
func (k *keeper) close(ctx context.Context) (left int, err error) {
	defer func() {
		k.timer.Stop()
		k.cancel()
		close(k.work)
		<-k.ended
	}()
	for {
		if k.writing == nil {
			if len(k.waiting)+len(k.nodes) == 0 {
				return 0, nil
			}
			k.write()
		}
		select {
		case err := <-k.results:
			k.done(err)
			if err != nil {
				return len(k.waiting), err // it was tried for long enough
			}
		case <-ctx.Done():
			return len(k.writing.Records) + len(k.waiting), ctx.Err()
		}
	}
}
