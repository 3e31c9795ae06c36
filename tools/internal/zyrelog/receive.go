package zyrelog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

// receiver brings what comes to a keeper. One goroutine owns it.
type receiver struct {
	keeper    *keeper
	self      store.Node
	collector *collector.Collector
	met       map[zyre.UUID]store.Node // that are there
	nodes     int                      // that were met
	batch     []collector.Record
	records   []store.Record
}

// seenEvery is how often it is noted of the nodes that are there that they are.
const seenEvery = time.Minute

// run receives until ctx is done or the node ends.
func (r *receiver) run(ctx context.Context, n *zyre.Node) error {
	seen := time.NewTicker(seenEvery)
	defer seen.Stop()
	events := n.Events()
	for {
		ready := r.collector.Ready()
		if r.keeper.full() {
			ready = nil // so the nodes' queues fill, and they count what they drop
		}
		select {
		case <-ctx.Done():
			return nil
		case e, open := <-events:
			if !open {
				return n.Err()
			}
			r.event(e)
		case <-ready:
			r.take()
		case err := <-r.keeper.results:
			r.keeper.done(err)
		case <-r.keeper.timer.C:
			r.keeper.due()
		case now := <-seen.C:
			r.seen(now)
		}
	}
}

// event notes who comes and goes.
func (r *receiver) event(e zyre.Event) {
	switch e.Type {
	case zyre.Enter:
		r.nodes++
		n := store.Node{Hash: zrelog.HashUUID(e.Peer), UUID: e.Peer.String(), Name: e.Name, Addr: e.Addr, First: e.Time, Last: e.Time}
		r.met[e.Peer] = n
		r.keeper.meet(n)
	case zyre.Exit:
		if n, known := r.met[e.Peer]; known {
			n.Last = e.Time
			delete(r.met, e.Peer)
			r.keeper.meet(n)
		}
	}
}

func (r *receiver) seen(now time.Time) {
	r.self.Last = now
	r.keeper.meet(r.self)
	for _, n := range r.met {
		n.Last = now
		r.keeper.meet(n)
	}
}

// take takes all records that are there.
func (r *receiver) take() {
	r.batch = r.collector.Take(r.batch)
	r.records = r.records[:0]
	for _, in := range r.batch {
		r.records = append(r.records, store.Record{Received: in.Received, Sent: in.Time, Level: in.Level, Event: in.Event, Node: in.Node, Peer: in.Peer, Text: in.Text})
	}
	r.keeper.add(r.records...)
}

// end takes what is there still, and waits until all is kept.
func (r *receiver) end() error {
	r.take()
	r.seen(time.Now())
	ctx, cancel := context.WithTimeout(context.Background(), saveWithin)
	defer cancel()
	left, err := r.keeper.close(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the store is too slow")
	}
	r.keeper.dropped += uint64(left)
	if left > 0 {
		return fmt.Errorf("%s not kept: %w", wereNot(left), err)
	}
	return err
}

func wereNot(n int) string {
	if n == 1 {
		return "1 record was"
	}
	return fmt.Sprintf("%d records were", n)
}

// sum says what came of it.
func (r *receiver) sum(s collector.Stats) string {
	text := fmt.Sprintf("%s of %s kept", show.Plural(int64(r.keeper.written), "record"), show.Plural(r.nodes, "node"))
	if r.keeper.dropped > 0 {
		text += fmt.Sprintf(", %d lost", r.keeper.dropped)
	}
	if n := s.Malformed + s.Strangers; n > 0 {
		text += fmt.Sprintf("; %s that made no sense", show.Plural(int64(n), "message"))
	}
	return text
}
