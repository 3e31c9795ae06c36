package report

import (
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// collector is a peer that collects.
type collector struct {
	id       core.ID
	port     string // of its header
	endpoint string // that the link is for
	link     zsock.Link
	due      time.Time // when it gets STATS next

	missed  int64  // of the link's
	dropped uint64 // records that it had no room for
	untold  uint64 // of them: those that it was not told of
	level   uint8  // of the last of them, so one that it wants
}

// waiting is a peer that collects and for which there is no room.
type waiting struct {
	id   core.ID
	port string
}

// SetLevel changes what is reported. 0 ends all connections to collectors; with another level the peers that are present and collect
// are connected to anew.
func (r *Reporter) SetLevel(at time.Time, level uint8, present func() []core.Peer) {
	was := r.cfg.Level
	if r.cfg.Level = level; level == 0 {
		r.waiting = nil
		for len(r.to) > 0 {
			r.remove(at, r.to[0].id, zsock.Link.Close)
		}
		return
	}
	if was != 0 {
		return
	}
	for _, p := range present() {
		r.meet(at, p.ID, p.Headers[Header], p.Addr)
	}
}

// meet takes a peer as a collector, if it is one.
func (r *Reporter) meet(at time.Time, id core.ID, header, addr string) {
	port, ok := core.OfferedPort(header)
	if !ok || r.cfg.Level == 0 {
		return
	}
	r.remove(at, id, zsock.Link.Drop)
	if !r.admits(port, addr) {
		r.cfg.Log.Warn("a collector is left out until another leaves: there are as many as may be, or as many at its address", "addr", addr)
		r.waiting = append(r.waiting, waiting{id, port})
		return
	}
	r.add(at, id, port, addr)
}

// admits says whether there is room for a collector at an address.
func (r *Reporter) admits(port, addr string) bool {
	endpoint, _ := core.OfferedAt(port, addr)
	there := 0
	for _, c := range r.to {
		if hostOf(c.endpoint) == hostOf(endpoint) {
			there++
		}
	}
	return len(r.to) < maxCollectors && there < maxOfHost
}

func hostOf(endpoint string) string { return endpoint[:max(0, strings.LastIndexByte(endpoint, ':'))] }

// add connects to a collector.
func (r *Reporter) add(at time.Time, id core.ID, port, addr string) {
	endpoint, ok := core.OfferedAt(port, addr)
	if !ok {
		return
	}
	err := r.open()
	var link zsock.Link
	if err == nil {
		link, err = r.sockets.Dial(zsock.DialOptions{
			Kind: zsock.Pub, Endpoint: endpoint, HighWater: highWater, HighWaterOctets: highWaterOctets, MaxMessage: longestControl,
			Hold: true, Linger: linger, // no heartbeat: who does not read answers none
		})
	}
	if err != nil {
		r.cfg.Log.Warn("nothing is reported to a collector", "endpoint", endpoint, "error", err)
		r.rest()
		return
	}
	r.to = append(r.to, &collector{id: id, port: port, endpoint: endpoint, link: link, due: at})
	r.noteChange()
}

// remove ends the connection to a peer that collects, and lets one in that waits.
func (r *Reporter) remove(at time.Time, id core.ID, end func(zsock.Link) error) {
	r.waiting = slices.DeleteFunc(r.waiting, func(w waiting) bool { return w.id == id })
	i := slices.IndexFunc(r.to, func(c *collector) bool { return c.id == id })
	if i < 0 {
		return
	}
	end(r.to[i].link)
	r.to = slices.Delete(r.to, i, i+1)
	for i, w := range r.waiting {
		if addr, present := r.cfg.Addr(w.id); present && r.admits(w.port, addr) {
			r.waiting = slices.Delete(r.waiting, i, i+1)
			r.add(at, w.id, w.port, addr)
			break
		}
	}
	r.noteChange()
	r.rest()
}

// open opens what collectors are reached by, if it is not open.
func (r *Reporter) open() (err error) {
	if r.sockets == nil {
		r.sockets, err = r.cfg.Transport.Open(zsock.Options{QueuedOctets: queuedOctets, Log: r.cfg.Log})
	}
	return err
}

// rest closes what no collector is reached by any more. It does not wait for that; Close does.
func (r *Reporter) rest() {
	if len(r.to) > 0 || r.sockets == nil {
		return
	}
	sockets := r.sockets
	r.sockets = nil
	r.closing.Go(func() { sockets.Close() })
}

func (r *Reporter) noteChange() {
	r.wanted.Store(len(r.to) > 0)
	r.next = time.Time{}
	for _, c := range r.to {
		if r.next.IsZero() || c.due.Before(r.next) {
			r.next = c.due
		}
	}
}

// find is the collector that a link is to; nil: it is gone.
func (r *Reporter) find(link zsock.Link) *collector {
	for _, c := range r.to {
		if c.link == link {
			return c
		}
	}
	return nil
}

// follow goes to where a collector's node is now.
func (r *Reporter) follow(c *collector) {
	addr, present := r.cfg.Addr(c.id)
	if endpoint, ok := core.OfferedAt(c.port, addr); present && ok && endpoint != c.endpoint && c.link.Redial(endpoint) == nil {
		c.endpoint = endpoint
	}
}
