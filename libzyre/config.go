package zyre

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/share"
)

// DefaultPort is the UDP port on which every Zyre announces itself.
const DefaultPort = 5670

// Bounds of what a node says of itself; see ZRE/2, HELLO.
const (
	maxText   = 255     // octets of a name, a group, a header's key
	maxHeader = 65535   // octets of a header's value
	maxHello  = 2 << 20 // octets of what goes before a message's content
	maxFrames = 1000    // frames of one message
	minTime   = time.Millisecond
)

// Config says how a node behaves. The zero value is a good node. It is read
// once, by Start, which refuses what makes no sense with ErrInvalid.
type Config struct {
	// Name is what people see: 1 to 255 octets without NUL. Default: the first
	// six hexadecimal digits of the UUID. Names need not be unique.
	Name string `zpl:"name"`
	// Headers are what the node says of itself to every peer: keys of 1 to 255
	// octets without NUL, values of up to 65,535 octets, Limits.HeaderOctets in all.
	Headers map[string]string `zpl:"headers"`
	// Port is the UDP port of discovery. Default 5670. Another port is another
	// network.
	Port uint16 `zpl:"port"`
	// Interfaces are the names of the network interfaces to be found on. Each has to
	// exist; one that is down or has no address yet is used as soon as it can be.
	// Default: every one that is up, loopback too. When only loopback is named
	// the node cannot be reached from elsewhere at all.
	Interfaces []string `zpl:"interfaces"`
	// Peers are endpoints where somebody may be found who is not heard of by his
	// beacons: "tcp://192.168.7.2:50000", "example.net:50000". They are tried for
	// ever, beside discovery: for networks without broadcast, containers, VPNs. Whoever
	// is to be found so has a TCPPort.
	Peers []string `zpl:"peers"`
	// TCPPort is the TCP port that peers connect to. Default: one of 49152 to 65535
	// that is free.
	TCPPort uint16 `zpl:"tcp-port"`
	// Advertise is the endpoint that peers are told to connect to, where that is not
	// an address of this machine: "tcp://203.0.113.5:50000" of a router that forwards
	// the port. Peers that do not see this node's connections come from there
	// follow it only with AnyEndpoint. Default: the address that routes to the peer.
	Advertise string `zpl:"advertise"`
	// AnyEndpoint lets peers name another host than their connection comes from,
	// and so aim this node's connections at anybody. Default: they may not.
	AnyEndpoint bool `zpl:"any-endpoint"`
	// Interval is the time between two beacons; in networks of more than 28
	// nodes it grows, by 35 ms for each, up to 4 s (and 4/5 of Evasive). Default 1 s.
	Interval time.Duration `zpl:"interval"`
	// Evasive is how long a peer may be quiet before that is told (it is pinged when three of its
	// beacons are missed). In networks of more than some 65 nodes, where beacons
	// are rare, it is longer: two of them, and up to a quarter more. Default 5 s.
	Evasive time.Duration `zpl:"evasive"`
	// Expired is how long a peer may be quiet before it is gone. Default 30 s.
	Expired time.Duration `zpl:"expired"`
	// Queue is how many events are held for a slow reader before the node stops
	// taking messages from its peers, which then have to wait; 16 MiB of messages
	// are another bound. Default 1000.
	Queue int `zpl:"queue"`
	// HighWater is how many messages are queued for one peer before senders
	// have to wait. Default 100 for each second of Expired.
	HighWater int `zpl:"high-water"`
	// SendTimeout is how long Whisper, Shout, Join and Leave wait for room in a
	// peer's queue before the peer is given up. Default 5 s.
	SendTimeout time.Duration `zpl:"send-timeout"`
	// UUID is the node's identity. Default: a fresh one. Two nodes with the
	// same one on one network drive each other out.
	UUID UUID `zpl:"uuid"`
	// Inbox is the directory in which files arrive that others publish: each in a folder
	// of its publisher's, Inbox/UUID/name, and what is for a group in Inbox/UUID/.groups/GROUP/name.
	// It is made if it is not there, and belongs to one node at a time. A relative one is relative
	// to the working directory at Start. Default: none, and the node fetches nothing.
	Inbox string `zpl:"inbox"`
	// Outbox is the directory in which the links to what this node publishes are kept. It belongs
	// to one node at a time, and has nothing else in it: it is emptied by Start and removed by Close.
	// Default: .outbox/UUID in the working directory with Inbox (Close removes .outbox too when nothing
	// else is in it); without, none, and the node has nothing to do with files.
	//
	// Start fails with ErrInvalid if something else is in the Outbox, Inbox and Outbox lie in each
	// other, another node uses one of them, or Headers has X-FILEMQ or X-FILEMQ-INBOX, which are the node's own then.
	Outbox string `zpl:"outbox"`
	// Limits bounds what others can make this node hold.
	Limits Limits `zpl:"limits"`
	// Transport carries the messages. Default: zmtp, ZeroMQ's
	// protocol in Go. codecs/libzmq is the other: libzmq.Transport{}.
	Transport zsock.Transport `zpl:"-"`
	// LogLevel is what this node reports of itself to collectors, the peers that offer the header X-ZRELOG: everything up to it, or nothing
	// with LogOff. While there is no collector that costs nothing. Default LogInfo. See Node.SetLogLevel and LogText.
	LogLevel LogLevel `zpl:"log-level"`
	// Trace gets all that the protocol hears and does, one JSON object a line: see package trace, which reads and
	// replays it. Each Write is of whole lines, from the goroutine that runs the node, which waits for it: a file is fine, a
	// pipe that nobody reads stops the node. Several nodes may share one if its Write may be called from several
	// goroutines. When a Write fails the trace ends, and Log is told. Message contents are cut to 32
	// octets a frame; of files nothing is in it. Default: none.
	Trace io.Writer `zpl:"-"`
	// Log gets what a developer wants to know. Default: nothing is logged.
	Log *slog.Logger `zpl:"-"`
}

// Loopback returns the name of this machine's loopback interface, for nodes
// that shall stay on it: Config{Interfaces: []string{zyre.Loopback()}}. It is
// empty where there is none.
func Loopback() string {
	all, _ := net.Interfaces()
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	return ""
}

// withDefaults fills in what is zero and checks the rest.
func (cfg Config) withDefaults() (Config, error) {
	if cfg.UUID == (UUID{}) {
		cfg.UUID = NewUUID()
	}
	if cfg.Name == "" {
		cfg.Name = cfg.UUID.String()[:6]
	}
	if err := checkText("the node's name", cfg.Name); err != nil {
		return cfg, err
	}
	var err error
	if cfg.Limits, err = cfg.Limits.withDefaults(); err != nil {
		return cfg, err
	}
	if cfg.Peers, err = endpoints(cfg.Peers); err != nil {
		return cfg, err
	}
	if cfg.Advertise != "" {
		if cfg.Advertise, err = endpoint("Advertise", cfg.Advertise); err != nil {
			return cfg, err
		}
		if at, err := netip.ParseAddrPort(strings.TrimPrefix(cfg.Advertise, "tcp://")); err != nil || at.Addr().IsUnspecified() || at.Addr().IsMulticast() {
			return cfg, fmt.Errorf("%w: Advertise: %q must have an address in digits: no peer looks up names for another", ErrInvalid, cfg.Advertise)
		}
	}
	cfg.Headers, cfg.Interfaces = maps.Clone(cfg.Headers), slices.Clone(cfg.Interfaces)
	octets := 0
	for key, value := range cfg.Headers {
		if err := checkText("a header's key", key); err != nil {
			return cfg, err
		}
		if len(value) > maxHeader {
			return cfg, fmt.Errorf("%w: header %q has a value of %d octets: at most %d are possible", ErrInvalid, key, len(value), maxHeader)
		}
		if (key == share.Header || key == share.HeaderInbox) && (cfg.Inbox != "" || cfg.Outbox != "") {
			return cfg, fmt.Errorf("%w: header %q is the node's own where there is an Inbox or an Outbox", ErrInvalid, key)
		}
		octets += len(key) + len(value) + core.HeaderOverhead
	}
	if cfg.Inbox != "" && cfg.Outbox == "" {
		cfg.Outbox = filepath.Join(".outbox", cfg.UUID.String())
	}
	if octets > cfg.Limits.HeaderOctets {
		return cfg, fmt.Errorf("%w: the headers have %d octets together: at most %d are possible (Limits.HeaderOctets)", ErrInvalid, octets, cfg.Limits.HeaderOctets)
	}
	if cfg.Port == 0 {
		cfg.Port = DefaultPort
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		or    time.Duration
	}{
		{"Interval", &cfg.Interval, time.Second},
		{"Evasive", &cfg.Evasive, 5 * time.Second},
		{"Expired", &cfg.Expired, 30 * time.Second},
		{"SendTimeout", &cfg.SendTimeout, 5 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.or
		}
		if *d.value < minTime {
			return cfg, fmt.Errorf("%w: %s is %v: at least %v makes sense", ErrInvalid, d.name, *d.value, minTime)
		}
	}
	if cfg.Expired <= cfg.Evasive {
		return cfg, fmt.Errorf("%w: Expired (%v) must be longer than Evasive (%v)", ErrInvalid, cfg.Expired, cfg.Evasive)
	}
	if cfg.Queue == 0 {
		cfg.Queue = 1000
	}
	if cfg.HighWater == 0 {
		cfg.HighWater = max(100, int(100*cfg.Expired.Seconds()))
	}
	if cfg.Queue < 1 || cfg.HighWater < 1 {
		return cfg, fmt.Errorf("%w: Queue (%d) and HighWater (%d) must be at least 1", ErrInvalid, cfg.Queue, cfg.HighWater)
	}
	if cfg.LogLevel == 0 {
		cfg.LogLevel = LogInfo
	}
	if _, ok := logLevels[cfg.LogLevel]; !ok {
		return cfg, fmt.Errorf("%w: LogLevel is %d: LogError, LogWarning, LogInfo and LogOff are possible", ErrInvalid, cfg.LogLevel)
	}
	if cfg.Transport == nil {
		cfg.Transport = zmtp.Transport{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Log = cfg.Log.With("node", cfg.Name)
	return cfg, nil
}

// checkText refuses what fits into no string of the protocol.
func checkText(what, text string) error {
	switch {
	case text == "":
		return fmt.Errorf("%w: %s is empty", ErrInvalid, what)
	case len(text) > maxText:
		return fmt.Errorf("%w: %s has %d octets: at most %d are possible", ErrInvalid, what, len(text), maxText)
	case strings.IndexByte(text, 0) >= 0:
		return fmt.Errorf("%w: %s %q has a NUL octet in it", ErrInvalid, what, text)
	}
	return nil
}

// endpoints checks and completes those of static peers.
func endpoints(given []string) (complete []string, err error) {
	for _, text := range given {
		text, err := endpoint("Peers", text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(complete, text) {
			complete = append(complete, text)
		}
	}
	return complete, nil
}

// endpoint makes tcp://HOST:PORT of that, or of HOST:PORT.
func endpoint(what, text string) (string, error) {
	rest, _ := strings.CutPrefix(text, "tcp://")
	host, port, err := net.SplitHostPort(rest)
	if number, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || number == 0 || host == "" || host == "*" || len(host) > maxText-20 {
		return "", fmt.Errorf("%w: %s: %.100q is no endpoint: HOST:PORT or tcp://HOST:PORT is, with a port of 1 to 65535", ErrInvalid, what, text)
	}
	return "tcp://" + net.JoinHostPort(host, port), nil
}

// checkMessage refuses what no peer could take.
func (n *Node) checkMessage(msg [][]byte) error {
	if len(msg) > maxFrames {
		return fmt.Errorf("%w: a message of %d frames: at most %d are possible", ErrInvalid, len(msg), maxFrames)
	}
	octets := 0
	for _, frame := range msg {
		octets += len(frame)
	}
	if most := n.cfg.Limits.MessageOctets; octets > most {
		return fmt.Errorf("%w: a message of %d octets: at most %d are possible (Limits.MessageOctets)", ErrInvalid, octets, most)
	}
	return nil
}
