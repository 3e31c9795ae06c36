package server

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

// Bounds of what one client may ask for.
const (
	maxSubscriptions = 1000
	maxPaths         = 64 << 10  // octets of all its paths
	maxListed        = 512 << 20 // octets that the lists of what clients have take, while they are not done with; a quarter for one list at most
	listedEntry      = 160       // octets that an entry of such a list takes, about, beside its name
	maxUnreceipted   = 100_000   // files for which there is no receipt
	maxDone          = 100_000   // files that changed during a resync
	turnItems        = 256       // items of a turn
	maxEarly         = 1000      // NOMs that come during a turn, and may be receipts for its files
	maxTries         = 10        // of reading a file, as long as nothing about it changes
	maxReason        = 255
	maxName          = 255 // octets of what a client calls itself
)

// client is what the server holds for one client: the actions of the model.
type client struct {
	core     *Core
	machine  *machine.Machine
	exchange *sasl.Exchange
	who      *sasl.Identity // nil: whoever
	name     string         // as the client calls itself

	subscriptions []*subscription
	paths         int // octets of theirs
	credit        uint64
	sequence      uint64 // of the next CHEEZBURGER
	queue         queue
	turn          *Turn  // that is being carried out
	left          *Turn  // that is over, with items left
	again         []Item // that could not be read, for a reason that may pass
	full          bool   // the way to the client is
	room          bool   // it became free while the turn was carried out

	// Files that were sent, or are being sent, and for which there is no receipt; only of clients that resume (6.1).
	unreceipted map[string]uint64 // sequence of the end; 0: not sent yet
	ends        map[uint64]End
	early       []uint64 // sequences of NOMs that came during the turn, and are no receipts so far
	forgetful   bool     // it never sends receipts, it seems: it gets whole files

	answers bool // it has answered HUGZ before
	silence int  // heartbeats since it was heard
}

// Open begins a peering.
func (a *client) Open(c *Client) {
	*a = client{core: a.core, machine: c.Machine}
	if a.core.cfg.SASL == nil {
		a.let(c, nil)
		return
	}
	a.exchange = a.core.cfg.SASL.Start()
	a.challenge(c, nil)
}

func (a *client) let(c *Client, who *sasl.Identity) {
	a.who = who
	a.core.clients = append(a.core.clients, a)
	a.core.cfg.Log.Info("a client is in", "peer", fmt.Sprintf("%X", c.Peer()), "login", a.login())
	c.Raise(EventOK)
}

func (a *client) login() string {
	if a.who == nil {
		return ""
	}
	return a.who.Login
}

func (a *client) challenge(c *Client, challenge []byte) {
	for _, name := range a.core.cfg.SASL.Offer() {
		c.Reply.Mechanisms = append(c.Reply.Mechanisms, []byte(name))
	}
	c.Reply.Challenge = challenge
	c.Raise(EventChallenge)
}

// CheckResponse lets the mechanism decide.
func (a *client) CheckResponse(c *Client) {
	a.silence = 0
	challenge, who, err := a.exchange.Respond(string(c.Request.Mechanism), c.Request.Response)
	switch {
	case err != nil:
		a.core.cfg.Log.Warn("a client is refused", "peer", fmt.Sprintf("%X", c.Peer()), "err", err)
		c.Raise(EventRefused)
	case who != nil:
		a.let(c, who)
	default:
		a.challenge(c, challenge)
	}
}

// AddCredit adds credit (5.5) and takes a receipt (6.4).
func (a *client) AddCredit(c *Client) {
	a.silence = 0
	if a.credit > math.MaxUint64-c.Request.Credit {
		a.credit = math.MaxUint64
	} else {
		a.credit += c.Request.Credit
	}
	a.takeReceipt(c.Request.Sequence, c.Request.Credit)
}

// SettleTurn takes note of what a turn has done.
func (a *client) SettleTurn(*Client) {
	t := a.turn
	a.turn = nil
	a.credit -= min(a.credit, t.Used)
	a.sequence = t.Sequence
	a.full = a.full || t.Full && !a.room
	a.noteEnds(t)
	for _, item := range t.Again {
		if item.tries++; item.tries >= maxTries {
			continue // it may be so for ever: others wait to hear that all is here
		}
		if len(a.again) == 0 {
			a.core.cfg.Later(func(now time.Time) []machine.Effect { return a.core.engine.Resume(now, a.machine, EventRetry) })
		}
		a.again = append(a.again, item)
	}
	t.Items = t.Items[t.Finished:]
	if len(t.Items) > 0 || t.Current != nil {
		a.left = t
	}
}

// RetryFiles tries what could not be read before.
func (a *client) RetryFiles(*Client) {
	for _, item := range a.again {
		a.queue.add(item.Path, wait{gone: true, known: item.Known, tries: item.tries})
	}
	a.again = nil
}

// NoteRoom notes that the way is free.
func (a *client) NoteRoom(*Client) { a.full, a.room = false, true }

// NoteLife notes a sign of life.
func (a *client) NoteLife(*Client) { a.silence = 0 }

// NoteAnswer notes that the client answers HUGZ.
func (a *client) NoteAnswer(*Client) { a.silence, a.answers = 0, true }

// CountSilence forgets clients that used to answer (5.7, rule 4).
func (a *client) CountSilence(c *Client) {
	if a.silence++; a.answers && a.silence > a.core.cfg.Silence {
		c.Throw(EventSilent)
	}
}

// Dispatch begins a turn if there is a reason to.
func (a *client) Dispatch(c *Client) {
	if a.turn != nil || !a.ready() {
		return
	}
	t := &Turn{Peer: c.Peer(), Credit: a.credit, Plain: !a.answers, Sequence: a.sequence, client: a}
	if a.left != nil {
		t.Items, t.Current, t.withdrawn = a.left.Items, a.left.Current, a.left.withdrawn
		a.left = nil
	}
	for len(t.Items) < turnItems && a.waits() && (len(t.Items) == 0 || !a.mark()) {
		t.Items = append(t.Items, a.next())
	}
	a.turn, a.room = t, false
	a.core.stats.Turns++
	a.core.cfg.Begin(t)
}

// ready tells whether a turn can begin.
func (a *client) ready() bool { return !a.full && a.credit > 0 && (a.left != nil || a.waits()) }

// waits tells whether the client still has to get something.
func (a *client) waits() bool {
	return a.queue.len() > 0 || slices.ContainsFunc(a.subscriptions, a.resyncs)
}

// mark tells whether what waits next is a mark, which has a turn of its own: how those before it went has to be known.
func (a *client) mark() bool {
	if a.queue.len() > 0 {
		return false
	}
	i := slices.IndexFunc(a.subscriptions, a.resyncs)
	return i >= 0 && len(a.subscriptions[i].missing)+len(a.subscriptions[i].todo) == 0
}

// next is what the client gets next: what has changed, and then what it does not have yet.
func (a *client) next() Item {
	if a.queue.len() > 0 {
		return a.item(a.queue.take())
	}
	return a.resync(a.subscriptions[slices.IndexFunc(a.subscriptions, a.resyncs)])
}

// item looks up what is at a path now.
func (a *client) item(path string, w wait) Item {
	file, m := a.find(path)
	if file == nil {
		if !w.gone {
			return Item{} // it came and went: nothing to say
		}
		return Item{Path: path}
	}
	if a.resumes(path) {
		if a.unreceipted == nil {
			a.unreceipted, a.ends = map[string]uint64{}, map[uint64]End{}
		}
		delete(a.ends, a.unreceipted[path])
		a.unreceipted[path] = 0
		if len(a.unreceipted) > maxUnreceipted {
			a.unreceipted, a.ends, a.forgetful = nil, nil, true
		}
	}
	return Item{Path: path, File: file, Source: m.source, Known: w.known, tries: w.tries}
}

// find is the file at a path, for this client.
func (a *client) find(path string) (*dir.File, *mount) {
	for _, m := range a.core.mounts {
		if f := m.files[path]; f != nil && a.sees(m) {
			return f, m
		}
	}
	return nil, nil
}

// ForgetClient gives everything up.
func (a *client) ForgetClient(c *Client) {
	if a.turn != nil {
		a.turn.cancel() // who carries it out cleans up
	}
	if a.left != nil && a.left.Current != nil {
		a.left.Current.Close()
	}
	for _, s := range a.subscriptions {
		a.unlist(s)
	}
	a.turn, a.left, a.again = nil, nil, nil
	a.subscriptions, a.queue, a.unreceipted, a.ends = nil, queue{}, nil, nil
	if i := slices.Index(a.core.clients, a); i >= 0 {
		a.core.clients = slices.Delete(a.core.clients, i, i+1)
		a.core.cfg.Log.Info("a client is gone", "peer", fmt.Sprintf("%X", c.Peer()), "login", a.login())
	}
}

// SayRefused gives no reason that would help to guess.
func (a *client) SayRefused(c *Client) { c.Reply.Reason = []byte("refused") }

// SayNoAccess names what was refused.
func (a *client) SayNoAccess(c *Client) { c.Reply.Reason = reason("access", c) }

// SayInvalidCommand names what came at the wrong time.
func (a *client) SayInvalidCommand(c *Client) { c.Reply.Reason = reason("invalid command", c) }

// SayMalformed says that the message was none.
func (a *client) SayMalformed(c *Client) { c.Reply.Reason = []byte("malformed message") }

// reason is text for people; C clients look for its beginning.
func reason(text string, c *Client) []byte {
	if c.Request.ID != 0 {
		text += ": " + c.Request.ID.String()
	}
	if len(c.Request.Path) > 0 {
		text += " " + strings.ToValidUTF8(string(c.Request.Path), "?")
	}
	return []byte(text[:min(len(text), maxReason)])
}
