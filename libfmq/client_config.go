package fmq

import (
	"log/slog"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// ClientConfig is what a [Client] has to know. Only Inbox has to be given.
type ClientConfig struct {
	// Servers are the endpoints to connect to, "tcp://192.168.1.2:5670" for instance; see [Client.Connect] for more.
	Servers []string `zpl:"server"`
	// Inbox is the directory in which files arrive. It is made if it is not there. Its folder ".filemq" is the client's own: partly
	// received files, and the digests of whole ones.
	Inbox string `zpl:"inbox"`
	// Login and Password are for servers that want them; without, the client is anonymous.
	Login    string `zpl:"login"`
	Password string `zpl:"password"`
	// Window is how many octets a server may send ahead of what is on disk; 0 means 4,000,000, the least is 1,000,000. The client
	// needs this much memory for each server.
	Window int64 `zpl:"window"`
	// Heartbeat is how long a server is silent before it is asked for a sign of life; 0 means a second.
	Heartbeat time.Duration `zpl:"heartbeat"`
	// Expired is how long a server is silent before it counts as dead; 0 means five heartbeats.
	Expired time.Duration `zpl:"expired"`
	// Queue is how many events wait for a slow reader before files have to wait too; 0 means 1000.
	Queue int `zpl:"queue"`
	// Transport carries the messages; nil means zmtp, ZeroMQ's protocol in Go.
	Transport zsock.Transport `zpl:"-"`
	// Log receives what is odd; nil means silence.
	Log *slog.Logger `zpl:"-"`
}

// Subscription says how a path is subscribed to. The zero value is for changes from now on.
type Subscription struct {
	// Resync asks for everything that is there already, too, except what the inbox holds: after an interruption, transfers go on where
	// they stopped. (rfcs/filemq, 5.4 and 6.1)
	Resync bool `zpl:"resync"`
	// Mirror makes the inbox a copy of the path: what the server does not have is deleted here. It includes Resync. With several
	// servers, each one's deletions concern the files that came from it. (rfcs/filemq, 6.2)
	Mirror bool `zpl:"mirror"`
}
