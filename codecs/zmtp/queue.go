package zmtp

import (
	"math/bits"
	"sync"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// queue holds the messages on their way to one peer, as they will stand on the wire, one behind the other in chunks. It
// outlives connections: what no writer has taken yet goes out over the next one.
type queue struct {
	owner       owner
	all         *tally
	maxMessages int
	maxOctets   int64

	mu          sync.Mutex
	conn        *conn // where to write to; nil while there is no connection
	first, last *chunk
	messages    int
	octets      int64
	grow        int   // the least capacity of the next chunk: it grows while senders are faster than the writer
	full        bool  // somebody waits for room
	waits       bool  // for room in all
	owed        int64 // octets that count in all: those queued, and those in writers' hands
	wanted      int   // octets of the message for which there was no room last
	closing     bool  // no more messages; what is queued may still leave
	over        bool  // nothing will leave any more
	// holder is the connection whose writer has something in its hands. It may have been replaced meanwhile: then its
	// successor writes nothing before the rest is back, so that order is kept.
	holder *conn
}

// chunk is a piece of a queue: whole messages, encoded.
type chunk struct {
	b        []byte
	tail     []byte // comes behind b, and nothing behind it: the last frame of a message that was given to us
	messages int
	next     *chunk
}

// Chunks are of 4 KB and powers of two more, up to 64 KB for what is gathered and to 4 MB for a single message; above that
// they are not kept for use again. Each has room for a header on top: people like powers of two, too.
const (
	spare       = 64
	leastChunk  = 4 << 10
	gatherChunk = 64 << 10
	keptChunks  = 11 // 4 KB << 10 is 4 MB
)

var chunks [keptChunks]sync.Pool

func newChunk(size int) *chunk {
	class := bits.Len(uint(max(size-spare, leastChunk)-1)) - bits.Len(uint(leastChunk-1))
	if class >= keptChunks {
		return &chunk{b: make([]byte, 0, size)}
	}
	if c, ok := chunks[class].Get().(*chunk); ok {
		return c
	}
	return &chunk{b: make([]byte, 0, leastChunk<<class+spare)}
}

// octets is how many it has on the wire.
func (c *chunk) octets() int64 { return int64(len(c.b) + len(c.tail)) }

// free gives a chunk back.
func (c *chunk) free() {
	if c.tail != nil {
		zsock.Recycle([][]byte{c.tail})
		c.tail = nil
	}
	class := bits.Len(uint(cap(c.b)-spare-1)) - bits.Len(uint(leastChunk-1))
	if class < 0 || class >= keptChunks || cap(c.b) != leastChunk<<class+spare {
		return
	}
	*c = chunk{b: c.b[:0]}
	chunks[class].Put(c)
}

// measure says how many octets frames have on the wire, and refuses what is no message.
func measure(frames [][]byte) (octets int64, wire int, err error) {
	if len(frames) == 0 || len(frames) > zsock.MaxFrames {
		return 0, 0, zsock.ErrNoFrames
	}
	for _, f := range frames {
		octets += int64(len(f))
		wire += sizeOfFrame(len(f))
	}
	return octets, wire, nil
}

// givenLeast is the length of a frame that is better not copied, if it may be kept.
const givenLeast = 32 << 10

// push queues a message and starts the writer. The last frame may be kept if it is given, and then the queue recycles it. mu is held.
func (q *queue) push(frames [][]byte, octets int64, wire int, given bool) (kept bool, err error) {
	switch {
	case q.closing:
		return false, zsock.ErrClosed
	case octets > q.maxOctets:
		return false, zsock.ErrTooLarge
	case q.messages >= q.maxMessages, q.messages > 0 && q.octets+int64(wire) > q.maxOctets, !q.all.admits(q, wire):
		q.wanted = wire
		return false, zsock.ErrFull
	}
	q.all.more(q, int64(wire))
	last := frames[len(frames)-1]
	kept = given && len(last) >= givenLeast
	room := wire
	if kept {
		room -= len(last)
	}
	c := q.last
	if c == nil || c.tail != nil || cap(c.b)-len(c.b) < room {
		if kept {
			c = newChunk(room)
		} else {
			c = newChunk(max(room, q.grow))
			q.grow = min(max(2*q.grow, leastChunk), gatherChunk)
		}
		if q.last == nil {
			q.first = c
		} else {
			q.last.next = c
		}
		q.last = c
	}
	b := c.b
	for _, f := range frames[:len(frames)-1] {
		b = appendFrame(b, flagMore, f)
	}
	if kept {
		c.b, c.tail = appendHeader(b, 0, len(last)), last
	} else {
		c.b = appendFrame(b, 0, last)
	}
	c.messages++
	q.messages++
	q.octets += int64(wire)
	q.start()
	return kept, nil
}

// start starts the connection's writer, unless it runs. mu is held.
func (q *queue) start() {
	c := q.conn
	if c == nil || c.writing || q.holder != nil && q.holder != c {
		return
	}
	if c.beginWriting(); !c.writeNow() {
		c.writing = true
		c.set.running.Add(1)
		go c.writer()
	}
}

// pop takes the next chunk. mu is held.
func (q *queue) pop() *chunk {
	c := q.first
	if c == nil {
		q.grow = 0
		return nil
	}
	if q.first = c.next; q.first == nil {
		q.last = nil
	}
	c.next = nil
	q.messages -= c.messages
	q.octets -= c.octets()
	return c
}

// unpop puts a chunk back that was not written. mu is held.
func (q *queue) unpop(c *chunk) {
	if c.next = q.first; c.next == nil {
		q.last = c
	}
	q.first = c
	q.messages += c.messages
	q.octets += c.octets()
}

// done frees a chunk that has left, or is lost. mu is held.
func (q *queue) done(c *chunk) {
	q.all.less(q, c.octets())
	c.free()
	if q.waits && q.full {
		q.owner.roomMade(q) // its share may have room again
	}
}

// roomy says whether a full queue has room again: half of it, so that a sender is not woken for each message. mu is held.
func (q *queue) roomy() bool { return q.messages <= q.maxMessages/2 && q.octets <= q.maxOctets/2 }

// forget drops what is queued and gives the number of messages. mu is held.
func (q *queue) forget() (messages int) {
	messages = q.messages
	for c := q.pop(); c != nil; c = q.pop() {
		q.done(c)
	}
	return messages
}
