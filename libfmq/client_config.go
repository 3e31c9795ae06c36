package fmq

import (
	"cmp"
	"fmt"
	"log/slog"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Bounds of a client's configuration.
const (
	leastWindow  = 1_000_000 // C filemq sends chunks of that size
	mostWindow   = 1 << 30
	leastSilence = 3    // heartbeats (rfcs/filemq, 5.7)
	maxPath      = 4096 // octets of a path to subscribe to
	mostName     = 255
)

// ClientConfig is what a [Client] has to know. Only Inbox has to be given.
type ClientConfig struct {
	// Servers are the endpoints to connect to, "tcp://192.168.1.2:5670" for instance; see [Client.Connect] for more.
	Servers []string
	// Inbox is the directory in which files arrive. It is made if it is not there. Its folder ".filemq" is the client's own: partly
	// received files, and the digests of whole ones.
	Inbox string
	// Lazy leaves the inbox alone until there is something to put into it or to find in it; it is not made before. What is wrong with it is
	// told by Blocked then, and tried again, and not by Dial.
	Lazy bool
	// NoLink refuses an inbox that is a symbolic link, for somebody else may have put it there. What lies above it is not looked at.
	NoLink bool
	// KeepFree is how many octets of the inbox's file system are left free: a file that would leave less waits until there is room, and Blocked tells of
	// that with ErrNearlyFull. 0 means that files may fill it; see [FreeTwentieth]. (Linux, macOS, FreeBSD)
	KeepFree int64
	// Login and Password are for servers that want them; without, the client is anonymous.
	Login, Password string
	// Name is what servers are told that we are called, at most 255 octets, for [Receipt.Client]; empty: nothing. It proves nothing.
	// (rfcs/filemq, 6.7)
	Name string
	// Origin is what the inbox remembers a server by, at most 255 octets; empty: its endpoint. It is for an inbox with one sender, whose endpoint is
	// another one each time: transfers go on where they stopped all the same.
	Origin string
	// Window is how many octets a server may send ahead of what is on disk; 0 means 4,000,000, the least is 1,000,000, the most 1 GiB, and
	// it is rounded down to whole millions. The client needs this much memory for each server.
	Window int64
	// Heartbeat is how long a server is silent before it is asked for a sign of life; 0 means a second.
	Heartbeat time.Duration
	// Expired is how long a server is silent before it counts as dead; 0 means five heartbeats, and three are the least.
	Expired time.Duration
	// Queue is how many events wait for a slow reader before files have to wait too; 0 means 1000.
	Queue int
	// Transport carries the messages; nil means zmtp, ZeroMQ's protocol in Go.
	Transport zsock.Transport
	// Log receives what is odd; nil means silence.
	Log *slog.Logger
}

// check fills in the defaults and refuses what makes no sense.
func (cfg *ClientConfig) check() error {
	cfg.Window = cmp.Or(cfg.Window, 4_000_000)
	if cfg.Window >= leastWindow {
		cfg.Window -= cfg.Window % leastWindow
	}
	cfg.Heartbeat = cmp.Or(cfg.Heartbeat, time.Second)
	cfg.Expired = cmp.Or(cfg.Expired, 5*cfg.Heartbeat)
	cfg.Queue = cmp.Or(cfg.Queue, 1000)
	if cfg.Transport == nil {
		cfg.Transport = zmtp.Transport{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case cfg.Inbox == "":
		return fmt.Errorf("%w: Inbox is empty: name a directory in which files are to arrive", ErrInvalid)
	case cfg.Window < leastWindow || cfg.Window > mostWindow:
		return fmt.Errorf("%w: Window is %d octets: give %d to %d", ErrInvalid, cfg.Window, leastWindow, mostWindow)
	case cfg.Heartbeat < time.Millisecond:
		return fmt.Errorf("%w: Heartbeat is %v: give a millisecond or more", ErrInvalid, cfg.Heartbeat)
	case cfg.Expired < leastSilence*cfg.Heartbeat:
		return fmt.Errorf("%w: Expired is %v: give at least %d heartbeats, %v", ErrInvalid, cfg.Expired, leastSilence, leastSilence*cfg.Heartbeat)
	case cfg.Queue < 1:
		return fmt.Errorf("%w: Queue is %d: give 1 or more", ErrInvalid, cfg.Queue)
	case cfg.KeepFree < FreeTwentieth:
		return fmt.Errorf("%w: KeepFree is %d octets: give 0 or more, or FreeTwentieth", ErrInvalid, cfg.KeepFree)
	case len(cfg.Name) > mostName:
		return fmt.Errorf("%w: Name has %d octets: give at most %d", ErrInvalid, len(cfg.Name), mostName)
	case len(cfg.Origin) > mostName:
		return fmt.Errorf("%w: Origin has %d octets: give at most %d", ErrInvalid, len(cfg.Origin), mostName)
	case cfg.Login == "" && cfg.Password != "":
		return fmt.Errorf("%w: there is a Password, but no Login", ErrInvalid)
	}
	return nil
}

// Subscription says how a path is subscribed to. The zero value is for changes from now on.
type Subscription struct {
	// Resync asks for everything that is there already, too, except what the inbox holds: after an interruption, transfers go on where
	// they stopped. (rfcs/filemq, 5.4 and 6.1)
	Resync bool
	// Mirror makes the inbox a copy of the path: what the server does not have is deleted here, and so is what was changed here. It includes
	// Resync. With several servers or several paths, deletions concern only files that came from that server through that path and
	// were not changed since. (rfcs/filemq, 6.2)
	Mirror bool
	// Into is a folder of the inbox, relative, with slashes, in which the files of this path arrive; empty: the inbox itself.
	Into string
	// Except is a path below the subscribed one, in any mixture of cases, through which nothing is taken: files of it are Refused, unless another
	// subscription covers them. It is for what a server should hide, and other servers do not (rfcs/filemq, 6.6); the server is not told of it. Not with Mirror.
	Except string
	// Keep leaves files in the inbox that the server says are deleted; Delete events tell of them all the same. Not with Mirror.
	Keep bool
}
