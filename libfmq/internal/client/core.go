package client

import (
	"errors"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

// Config is what a [Core] has to know.
type Config struct {
	Heartbeat, Expired time.Duration // as in machine.Config
	Window             int64         // octets that the server may send ahead of what is stored
	Name               string        // what the server is told that we are called; empty: nothing
	SASL               *sasl.Client  // how to show who we are, if the server wants to know
	Host               Host
}

// Host is what is around the protocol. Its methods do not wait.
type Host interface {
	// Opened tells that the server has let us in.
	Opened()
	// Failed tells that the server could not be reached. It will be tried again.
	Failed()
	// Subscriptions are what we want now, in the order in which the server is to be told.
	Subscriptions() []Subscription
	// List begins to list what we hold below a path; [Core.Listed] brings it. Files named in without are to be left out.
	List(s Subscription, without []string)
	// Take hands over a chunk, a file's end or a delete.
	Take(Chunk)
	// Left tells that the server has confirmed the end of a subscription: nothing of before comes behind that.
	Left(path string)
	// GiveUp tells that something was lost that may have been a part of the file that is being received.
	GiveUp()
}

// Subscription is a path that we want.
type Subscription struct {
	Path   string // of virtual.Clean
	Number uint64 // another one for each time that it was asked for; above 0
	Resync bool
	Mirror bool // with Resync

	// Of these the server is not told: they are the host's.
	Keep   bool   // what the server deletes stays
	Into   string // the folder of the inbox for the files; empty: the inbox
	Except string // a path below Path of which nothing is taken, in any mixture of cases; empty: none
}

// Chunk is a CHEEZBURGER. Its slices share the memory of Frames, which are the host's from then on; Headers is the host's too.
type Chunk struct {
	Sequence  uint64
	Operation uint8
	End       bool // eof is not 0
	Filename  []byte
	Offset    uint64
	Headers   []wire.Pair
	Content   []byte
	Credit    int64 // octets of credit that it used, to be given back when it is dealt with
	Frames    [][]byte
}

// Listing is what we hold below a path: the values of ICANHAZ.
type Listing struct {
	Resume []byte      // rfcs/filemq, 6.1
	Cache  []wire.Pair // rfcs/filemq, 5.4
}

// Stored is what was done with chunks since it was told the last time.
type Stored struct {
	Credit   int64    // octets of credit that can be given back
	Sequence uint64   // of the last chunk that is stored
	Receipts []uint64 // sequences of the ends of files that were delivered, in order
}

// Why conversations end.
var (
	ErrLeft       = errors.New("we have left")
	ErrBroken     = errors.New("the connection broke")
	ErrSilent     = errors.New("the server is silent")
	ErrGoodbye    = errors.New("the server said goodbye")
	ErrRefused    = errors.New("the server refuses us")
	ErrMistake    = errors.New("the server does not understand us")
	ErrMisbehaved = errors.New("the server sends more than it may")
)

// Core is one conversation. Its methods are for one goroutine; they take the time, and return what is to be sent.
type Core struct {
	engine  *Engine
	actions *actions
}

// New makes a conversation.
func New(cfg Config) *Core {
	a := &actions{cfg: cfg, asked: map[string]uint64{}, without: map[string][]string{}}
	return &Core{NewEngine(machine.Config{Heartbeat: cfg.Heartbeat, Expired: cfg.Expired}, a), a}
}

// Engine is what messages go to.
func (c *Core) Engine() *machine.Client { return c.engine.Client }

// Begin says OHAI.
func (c *Core) Begin(now time.Time) []machine.Effect { return c.engine.Event(now, EventBegin) }

// NewPath tells that the host's subscriptions have changed.
func (c *Core) NewPath(now time.Time) []machine.Effect {
	c.actions.plan.made = false
	return c.engine.Event(now, EventNewPath)
}

// Again asks for a file that we cannot go on with, by telling the server its path anew, without that file. The file is named as below the path.
func (c *Core) Again(now time.Time, path, name string) []machine.Effect {
	c.actions.again(path, name)
	return c.engine.Event(now, EventNewPath)
}

// Listed brings what Host.List was asked for.
func (c *Core) Listed(now time.Time, l Listing) []machine.Effect {
	c.actions.listing = l
	return c.engine.Event(now, EventListed)
}

// Stored tells what was done with chunks.
func (c *Core) Stored(now time.Time, s Stored) []machine.Effect {
	c.actions.stored = s
	return c.engine.Event(now, EventStored)
}

// Leave says goodbye.
func (c *Core) Leave(now time.Time) []machine.Effect { return c.engine.Event(now, EventLeave) }

// End is why the conversation has ended, as one of the errors above, and whether the server had let us in; nil while it goes on. It is for
// after the conversation.
func (c *Core) End() (opened bool, err error) { return c.actions.opened, c.actions.end }
