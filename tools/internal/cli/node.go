package cli

import (
	"io"
	"log/slog"
	"time"

	"github.com/alecthomas/kong"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/manual"
)

// Common are the flags of every tool; embed it in the grammar.
type Common struct {
	Version kong.VersionFlag `help:"Print version and commit, and leave."`
	manual.Flags
}

// Node are the flags of everything that starts a node; embed it.
type Node struct {
	Name      string   `help:"Name that the others see, 1 to 255 octets. Default: six digits of the node's UUID." placeholder:"NAME"`
	Port      uint16   `help:"UDP port of discovery: nodes on the same port find each other (default ${default})." default:"5670" placeholder:"PORT"`
	Interface []string `help:"Network interface to be found on; may be repeated. Default: all that are up." placeholder:"NAME" short:"i" sep:"none"`
	Peer      []string `help:"HOST:PORT where somebody may be found whom no announcement of ours reaches; tried for ever; may be repeated. That one needs a --tcp-port." placeholder:"HOST:PORT" sep:"none"`
	TCPPort   uint16   `name:"tcp-port" help:"TCP port that the others connect to. Default: any that is free." placeholder:"PORT"`
	Advertise string   `help:"ADDRESS:PORT that the others are told to connect to, such as a router's that forwards the TCP port. Default: what routes to them." placeholder:"ADDRESS:PORT"`
	Trace     string   `help:"Write all that the node hears and does to this file, one JSON object a line: for zyre trace and zyre replay. What is in it is lost." placeholder:"FILE"`
	Carrier
}

// Carrier are the flags of everything that carries messages; embed it.
type Carrier struct {
	Transport string `help:"What carries the messages (default ${default}); libzmq is there in builds with -tags libzmq." default:"zmtp" placeholder:"NAME"`
	Verbose   bool   `help:"Log what a developer wants to know on stderr." short:"v"`
}

// Sockets returns the transport that the flags name.
func (c Carrier) Sockets() zsock.Transport { return transports[c.Transport] }

// Log returns what logs from a level on to w, and everything if that was asked
// for.
func (c Carrier) Log(w io.Writer, level slog.Level) *slog.Logger {
	if c.Verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// Validate is called by kong.
func (c Carrier) Validate(parsed *kong.Context) error {
	return checkTransport(c.Transport, parsed.Model.Name)
}

// Config returns what the flags say. The log, if one was asked for, goes to w.
func (n Node) Config(w io.Writer) zyre.Config {
	cfg := zyre.Config{Name: n.Name, Port: n.Port, Interfaces: n.Interface, Transport: n.Sockets(),
		Peers: n.Peer, TCPPort: n.TCPPort, Advertise: n.Advertise}
	if n.Trace != "" {
		cfg.Trace = &traceFile{path: n.Trace, say: w}
	}
	if n.Verbose {
		cfg.Log = n.Log(w, slog.LevelDebug)
	}
	return cfg
}

// Validate is called by kong.
func (n Node) Validate(parsed *kong.Context) error {
	if n.Port == 0 {
		return Usagef("--port 0: a port is 1 to 65535")
	}
	for _, name := range n.Interface {
		if name == "" {
			return Usagef("--interface: an interface has a name, such as eth0")
		}
	}
	if err := checkTrace(n.Trace); err != nil {
		return err
	}
	return n.Carrier.Validate(parsed)
}

// CheckDuration refuses a negative value of the duration flag called flag.
func CheckDuration(flag string, d time.Duration) error {
	if d < 0 {
		return Usagef("--%s %v: a duration is not negative", flag, d)
	}
	return nil
}

// TakesFiles reports whether a peer with those headers fetches what others
// publish.
func TakesFiles(headers map[string]string) bool {
	return headers["X-FILEMQ"] != "" && headers["X-FILEMQ-INBOX"] != "0"
}
