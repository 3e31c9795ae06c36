package fmq

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/server"
)

// ServerConfig is what a [Server] has to know. The zero value serves everybody at port 5670 of every address.
type ServerConfig struct {
	// Endpoint is where to listen: "tcp://*:5670" if empty; "tcp://*:*" for any free port.
	Endpoint string
	// Publish lists the directories to offer from the start. They are read before the server can be reached, so that nobody
	// finds less than there is. See [Server.Publish] for more.
	Publish []Publish
	// Accounts are those who may log in by PLAIN. With any, nobody comes in without, unless Anonymous is set.
	Accounts []Account
	// Anonymous lets everybody in, even though there are accounts. Nobody is asked who he is then, so no directory can be for groups.
	Anonymous bool
	// Monitor is how often each directory is read anew for what no notification told; 0 means a second. A directory that takes long
	// to read is read less often.
	Monitor time.Duration
	// Heartbeat is how long a client is silent before it is asked for a sign of life; 0 means a second.
	Heartbeat time.Duration
	// Expired is how long a client that answered before is silent until it is forgotten; 0 means five heartbeats, the least is three.
	Expired time.Duration
	// Cache is a folder that keeps digests from one run to the next; empty: they are kept in memory only.
	Cache string
	// MaxClients is how many clients are held at most; 0 means 10,000. Further ones are ignored and counted.
	MaxClients int
	// Receipt is called when a client has the whole of a file, in the order in which the server learns of it. It is called by the goroutine
	// that serves everybody: it must neither wait nor call the Server. Clients that do not send receipts (C filemq) are never told of.
	// (rfcs/filemq, 6.4) nil: nobody wants to know.
	Receipt func(Receipt)
	// Transport carries the messages; nil means zmtp, ZeroMQ's protocol in Go.
	Transport zsock.Transport
	// Log receives who comes and goes, at Info, and what is odd; nil means silence.
	Log *slog.Logger
}

// Publish is a directory that is offered under a virtual path.
type Publish struct {
	// Dir is the directory.
	Dir string
	// As is the virtual path, beginning with "/"; empty means "/".
	As string
	// NoLinks offers files whose name ends with ".ln" as they are. Otherwise such a file holds one line, the path of the
	// file that is offered in its place, under the name without ".ln".
	NoLinks bool
	// Links, if there is one, says which links are followed, by the name that they are offered under and the path in them, and nothing but those is offered: for
	// a directory that others might get at. No symbolic link is followed then, neither in the directory nor on the way to the file: such a file is gone.
	// It may be called from any goroutine; it must neither wait nor call the Server.
	Links func(name, path string) bool
	// Still says that the system need not tell of changes: they are noticed within a second or so, and at once by [Server.Look]. It saves what the
	// system has few of (Linux: fs.inotify.max_user_instances).
	Still bool
	// Groups are the groups of accounts for which the directory is; none means everybody who was let in.
	Groups []string
	// Hidden sets the virtual path apart: only subscriptions for it, or for a path below it, get what is there, and one for "/", say, does
	// not. It is no secret: who knows the path may subscribe to it. (rfcs/filemq, 6.6)
	Hidden bool
}

// Receipt says that a client has the whole of a file: it has stored it and checked it, or had it already.
type Receipt struct {
	Client string   // ClientConfig.Name, as it says itself; empty: it does not say
	Path   string   // virtual path
	Size   int64    // octets of the file
	Digest [20]byte // SHA-1 of its content
	Held   bool     // the client had it already: nothing was sent
}

// Account is somebody who may log in.
type Account struct {
	// Login is by what a client names the account: 1 to [sasl.MaxText] octets. No two accounts have the same.
	Login string `zpl:"login"`
	// Password is what a client has to show, at most [sasl.MaxText] octets.
	Password string `zpl:"password"`
	// Group is what Publish.Groups names; empty: none.
	Group string `zpl:"group"`
}

func (c *ServerConfig) check() error {
	if c.Endpoint == "" {
		c.Endpoint = DefaultEndpoint
	}
	if c.Transport == nil {
		c.Transport = zmtp.Transport{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"Monitor", c.Monitor}, {"Heartbeat", c.Heartbeat}, {"Expired", c.Expired}} {
		if d.value != 0 && d.value < time.Millisecond || d.value > 24*time.Hour {
			return fmt.Errorf("%w: %s %v: it must be 1 ms to 24 h, or 0 for the default", ErrInvalid, d.name, d.value)
		}
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = defaultHeartbeat
	}
	if c.Expired == 0 {
		c.Expired = defaultSilence * c.Heartbeat
	}
	if c.Expired < 3*c.Heartbeat {
		return fmt.Errorf("%w: Expired %v: it must be at least three heartbeats of %v", ErrInvalid, c.Expired, c.Heartbeat)
	}
	c.Publish = slices.Clone(c.Publish)
	c.Accounts = slices.Clone(c.Accounts)
	return nil
}

// receipt passes receipts on; nil: nobody wants to know.
func (c *ServerConfig) receipt() func(server.Receipt) {
	if c.Receipt == nil {
		return nil
	}
	return func(r server.Receipt) { c.Receipt(Receipt{r.Client, r.Path, r.Size, r.Digest, r.Held}) }
}
