package zyre

import (
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// DefaultPort is the UDP port on which every Zyre announces itself.
const DefaultPort = 5670

// Bounds of what a node says of itself; see ZRE/2, HELLO.
const (
	maxText   = 255      // octets of a name, a group, a header's key
	maxHeader = 65535    // octets of a header's value
	maxHello  = 1 << 20  // octets of all headers together
	maxFrames = 1000     // frames of one message
	maxOctets = 64 << 20 // octets of one message
	minTime   = time.Millisecond
)

// Config says how a node behaves. The zero value is a good node. It is read
// once, by Start, which refuses what makes no sense with ErrInvalid.
type Config struct {
	// Name is what people see: 1 to 255 octets without NUL. Default: the first
	// six hexadecimal digits of the UUID. Names need not be unique.
	Name string `zpl:"name"`
	// Headers are what the node says of itself to every peer: keys of 1 to 255
	// octets without NUL, values of up to 65,535 octets, a mebibyte in all.
	Headers map[string]string `zpl:"headers"`
	// Port is the UDP port of discovery. Default 5670. Another port is another
	// cluster.
	Port uint16 `zpl:"port"`
	// Interfaces are the names of the network interfaces to be found on.
	// Default: every one that is up, loopback too. When only loopback is named
	// the node cannot be reached from elsewhere at all.
	Interfaces []string `zpl:"interfaces"`
	// Interval is the time between two announcements. Default 1 s.
	Interval time.Duration `zpl:"interval"`
	// Evasive is how long a peer may be quiet before it is pinged. Default 5 s.
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
	// Transport carries the messages. Default: zmtp, ZeroMQ's
	// protocol in Go. codecs/libzmq is the other: libzmq.Transport{}.
	Transport zsock.Transport `zpl:"-"`
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
	cfg.Headers, cfg.Interfaces = maps.Clone(cfg.Headers), slices.Clone(cfg.Interfaces)
	octets := 0
	for key, value := range cfg.Headers {
		if err := checkText("a header's key", key); err != nil {
			return cfg, err
		}
		if len(value) > maxHeader {
			return cfg, fmt.Errorf("%w: header %q has a value of %d octets: at most %d are possible", ErrInvalid, key, len(value), maxHeader)
		}
		octets += len(key) + len(value)
	}
	if octets > maxHello {
		return cfg, fmt.Errorf("%w: the headers have %d octets together: at most %d are possible", ErrInvalid, octets, maxHello)
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

// checkMessage refuses what no peer could take.
func checkMessage(msg [][]byte) error {
	if len(msg) > maxFrames {
		return fmt.Errorf("%w: a message of %d frames: at most %d are possible", ErrInvalid, len(msg), maxFrames)
	}
	if octets := octetsOf(msg); octets > maxOctets {
		return fmt.Errorf("%w: a message of %d octets: at most %d are possible", ErrInvalid, octets, maxOctets)
	}
	return nil
}
