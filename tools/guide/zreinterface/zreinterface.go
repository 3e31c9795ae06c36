// Package zreinterface is what an application holds in its hand: it stands for us towards the others, and for
// the others towards us. It says over UDP that we are here, listens who else says so, and reports who came and who went.
//
// A peer is known by its UUID, not by where it is: an address can change at any moment, and be shared. The beacon is that
// UUID, 16 octets and nothing else.
//
// It is part of a ladder of examples. Package libzyre is what it grew into.
//
// Draft: this package may change.
package zreinterface

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/zeromq/gozyre/tools/guide/udplib"
)

// Config says where and how often. All peers have to agree on it.
type Config struct {
	Port      int           // UDP port of the beacons
	Interface string        // name of the network interface; empty: the first that can broadcast
	Interval  time.Duration // between two beacons; 0 means 1 s
	Expiry    time.Duration // a peer that is silent for that long has left; 0 means 5 s
}

// Event says that a peer came or went.
type Event struct {
	Name string // "JOINED" or "LEFT"
	Peer string // its UUID: 32 upper-case hex digits
}

// Interface is a node of the network: us. One goroutine has all its state.
type Interface struct {
	cfg     Config
	id      uuid.UUID
	udp     *udplib.UDP
	heard   chan uuid.UUID // from the goroutine that listens
	events  chan Event     // to the application
	closing chan struct{}
	once    sync.Once
	running sync.WaitGroup
	err     error
}

// New makes a node with a UUID of its own, and lets it speak and listen. It does not block.
func New(cfg Config) (*Interface, error) {
	if cfg.Interval == 0 {
		cfg.Interval = time.Second
	}
	if cfg.Expiry == 0 {
		cfg.Expiry = 5 * time.Second
	}
	if cfg.Interval < 0 || cfg.Expiry <= cfg.Interval {
		return nil, fmt.Errorf("zreinterface: Interval %v and Expiry %v: everybody would be gone before they can speak again", cfg.Interval, cfg.Expiry)
	}
	udp, err := udplib.New(cfg.Port, cfg.Interface)
	if err != nil {
		return nil, err
	}
	i := &Interface{
		cfg: cfg, id: uuid.New(), udp: udp,
		heard: make(chan uuid.UUID), events: make(chan Event), closing: make(chan struct{}),
	}
	i.running.Go(i.listen)
	i.running.Go(i.run)
	return i, nil
}

// UUID is who we are, as peers print it.
func (i *Interface) UUID() string { return text(i.id) }

// Events tells who comes and goes, each peer's JOINED before its LEFT. It is closed at the end, and then Err says why.
func (i *Interface) Events() <-chan Event { return i.events }

// Err is what ended the Interface: nil while it runs and after Close.
func (i *Interface) Err() error {
	select {
	case <-i.closing:
		return i.err
	default:
		return nil
	}
}

// Close ends the Interface and waits for its goroutines. Our peers find out by our silence. It is idempotent.
func (i *Interface) Close() error {
	i.end(nil)
	i.running.Wait()
	return i.err
}

// end lets both goroutines end; the first reason counts.
func (i *Interface) end(why error) {
	i.once.Do(func() {
		i.err = why
		close(i.closing)
		i.udp.Close()
	})
}

// run owns all state and waits in one place.
func (i *Interface) run() {
	defer close(i.events)
	known := peers{}
	var untold []Event // what the application has not taken yet
	beat := time.NewTicker(i.cfg.Interval)
	defer beat.Stop()
	i.speak()
	for {
		// An application that is behind hears the old news first. Until then we let nobody new in, so that untold
		// cannot grow.
		heard, events, next := i.heard, chan Event(nil), Event{}
		if len(untold) > 0 {
			heard, events, next = nil, i.events, untold[0]
		}
		select {
		case <-i.closing:
			return
		case events <- next:
			untold = untold[1:]
		case id := <-heard:
			if known.heard(id, time.Now()) {
				untold = append(untold, Event{"JOINED", text(id)})
			}
		case <-beat.C:
			i.speak()
			if heard == nil {
				continue // whom we do not listen to is not silent: nobody leaves for that
			}
			for _, id := range known.expire(time.Now(), i.cfg.Expiry) {
				untold = append(untold, Event{"LEFT", text(id)})
			}
		}
	}
}

// speak tells everybody that we are here.
func (i *Interface) speak() {
	if err := i.udp.Send(i.id[:]); err != nil {
		i.end(err)
	}
}

// listen hands every beacon to run.
func (i *Interface) listen() {
	datagram := make([]byte, len(i.id)+1) // one more, to tell a beacon from something longer
	for {
		n, _, err := i.udp.Recv(datagram)
		if err != nil {
			i.end(err)
			return
		}
		id, err := uuid.FromBytes(datagram[:n])
		if err != nil {
			continue // somebody else's program on our port
		}
		select {
		case i.heard <- id:
		case <-i.closing:
			return
		}
	}
}

// text is a UUID as Zyre prints it.
func text(id uuid.UUID) string { return strings.ToUpper(fmt.Sprintf("%x", id[:])) }
