package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

// actions are the hand-written part.
type actions struct {
	cfg     Config
	answers *sasl.Answers

	opened bool
	end    error

	asked   map[string]uint64   // number of the subscription that the server was told, by path; 0: one that is to be told again
	without map[string][]string // files to be left out of a path's list
	plan    plan                // what the server is still to be told
	next    Subscription        // that is being asked for
	ending  bool                // next is being ended
	listing Listing

	window    bool   // the server was given credit
	given     int64  // credit in all
	used      int64  // of it
	overdraft int64  // octets that were sent without
	due       int64  // credit to be given
	last      repeat // the last chunk
	sequence  uint64
	stored    Stored
}

func (a *actions) NoteFailure(*Handle)   { a.cfg.Host.Failed() }
func (a *actions) NoteLife(*Handle)      {}
func (a *actions) NoteLeaving(*Handle)   { a.end = ErrLeft }
func (a *actions) NoteSilence(*Handle)   { a.end = ErrSilent }
func (a *actions) NoteBreak(*Handle)     { a.end = ErrBroken }
func (a *actions) NoteGoodbye(*Handle)   { a.end = ErrGoodbye }
func (a *actions) NoteOverdraft(*Handle) { a.end = ErrMisbehaved }
func (a *actions) NoteRefusal(h *Handle) { a.end = reason(ErrRefused, h) }
func (a *actions) NoteMistake(h *Handle) { a.end = reason(ErrMistake, h) }
func (a *actions) GiveFileUp(*Handle)    { a.cfg.Host.GiveUp() }

func reason(why error, h *Handle) error {
	return fmt.Errorf("%w: it says %q", why, strings.ToValidUTF8(string(h.In.Reason), "?"))
}

// AnswerChallenge lets the mechanism speak (5.3).
func (a *actions) AnswerChallenge(h *Handle) {
	if a.answers == nil {
		a.answers = a.cfg.SASL.Start()
	}
	var offered []string
	for _, m := range h.In.Mechanisms {
		offered = append(offered, string(m))
	}
	mechanism, response, err := a.answers.Answer(offered, h.In.Challenge)
	if err != nil {
		a.end = fmt.Errorf("%w: %w", ErrRefused, err)
		h.Throw(EventUnwilling)
		return
	}
	h.Out.Mechanism, h.Out.Response = []byte(mechanism), response
}

func (a *actions) NoteOpening(*Handle) {
	a.opened = true
	a.cfg.Host.Opened()
}

// ChoosePath looks for what the server was not told yet.
func (a *actions) ChoosePath(h *Handle) {
	if a.ending {
		a.cfg.Host.Left(a.next.Path)
		a.ending = false
	}
	if !a.plan.made {
		a.plan = newPlan(a.cfg.Host.Subscriptions(), a.asked)
	}
	switch p := &a.plan; {
	case len(p.ends) > 0:
		path := p.ends[0]
		p.ends = p.ends[1:]
		delete(a.asked, path)
		delete(a.without, path)
		a.next, a.ending = Subscription{Path: path}, true
		h.Raise(EventAsk)
	case len(p.asks) > 0:
		s := p.asks[0]
		p.asks = p.asks[1:]
		a.asked[s.Path] = s.Number
		a.next, a.listing = s, Listing{}
		if s.Resync {
			h.Raise(EventList)
		} else {
			h.Raise(EventAsk)
		}
	default:
		h.Raise(EventAllAsked)
	}
}

func (a *actions) ListFiles(*Handle) { a.cfg.Host.List(a.next, slices.Clone(a.without[a.next.Path])) }

// SayPath fills in ICANHAZ (5.4, 6.1 to 6.3, 6.7, 6.8).
func (a *actions) SayPath(h *Handle) {
	h.Out.Path = []byte(a.next.Path)
	option := func(key string, value []byte) {
		h.Out.Options = append(h.Out.Options, wire.Pair{Key: []byte(key), Value: value})
	}
	on := []byte("1")
	if a.ending {
		option("UNSUBSCRIBE", on)
		return
	}
	if a.cfg.Name != "" {
		option("NAME", []byte(a.cfg.Name))
	}
	if !a.next.Resync {
		return
	}
	option("RESYNC", on)
	option("SYNC", on)
	if a.next.Mirror {
		option("MIRROR", on)
	}
	option("RESUME", a.listing.Resume)
	h.Out.Cache = a.listing.Cache
	a.listing = Listing{}
}

func (a *actions) again(path, name string) {
	if !slices.Contains(a.without[path], name) {
		a.without[path] = append(a.without[path], name)
	}
	if _, ok := a.asked[path]; ok {
		a.asked[path] = 0
		a.plan.made = false
	}
}

// OpenWindow lets the server send, once it knows a path.
func (a *actions) OpenWindow(h *Handle) {
	if a.window || len(a.asked) == 0 {
		return
	}
	a.window = true
	a.due += a.cfg.Window
	h.Raise(EventCreditDue)
}

// repeat is what tells a chunk from another.
type repeat struct {
	sequence, offset uint64
	operation, eof   uint8
	octets           int
}

// again tells whether the message is the last one once more: what C filemq's server may say thousands of times (7.2).
func (r *repeat) again(m *fmq.Message) bool {
	if m.Sequence != 0 && r.sequence == m.Sequence && r.offset == m.Offset && r.octets == len(m.Chunk) && r.eof == m.Eof &&
		r.operation == m.Operation {
		return true
	}
	*r = repeat{m.Sequence, m.Offset, m.Operation, m.Eof, len(m.Chunk)}
	return false
}

// mostBeside is how many octets a CHEEZBURGER may have beside its chunk: they cost no credit. A name has a few thousand at most.
const mostBeside = 16 << 10

// TakeChunk counts credit and hands the chunk over.
func (a *actions) TakeChunk(h *Handle) {
	m := h.In
	if a.last.again(m) {
		return
	}
	beside := -len(m.Chunk)
	for _, f := range h.Frames() {
		beside += len(f)
	}
	if beside > mostBeside {
		h.Throw(EventOverdrawn)
		return
	}
	octets := int64(len(m.Chunk))
	credit := min(octets, a.given-a.used)
	a.used += credit
	if a.overdraft += octets - credit; a.overdraft > a.cfg.Window {
		h.Throw(EventOverdrawn)
		return
	}
	a.cfg.Host.Take(Chunk{
		Sequence: m.Sequence, Operation: m.Operation, End: m.Eof != 0, Filename: m.Filename, Offset: m.Offset,
		Headers: m.Headers, Content: m.Chunk, Credit: credit, Frames: h.Frames(),
	})
}

func (a *actions) NoteStored(h *Handle) {
	a.due += a.stored.Credit
	a.sequence = max(a.sequence, a.stored.Sequence)
	if a.window && (a.due > 0 || len(a.stored.Receipts) > 0) {
		h.Raise(EventCreditDue)
	}
}

// GiveCredit fills in NOM (5.5, 6.4).
func (a *actions) GiveCredit(h *Handle) {
	if len(a.stored.Receipts) > 0 && a.stored.Receipts[0] == 0 { // with credit it would only say that nothing is stored yet
		if a.stored.Receipts = a.stored.Receipts[1:]; a.due > 0 || len(a.stored.Receipts) > 0 {
			h.Raise(EventCreditDue)
		}
		return
	}
	a.given += a.due
	h.Out.Credit, h.Out.Sequence = uint64(a.due), a.sequence
	a.due = 0
	if len(a.stored.Receipts) > 0 {
		h.Out.Sequence = a.stored.Receipts[0]
		if a.stored.Receipts = a.stored.Receipts[1:]; len(a.stored.Receipts) > 0 {
			h.Raise(EventCreditDue)
		}
	}
}
