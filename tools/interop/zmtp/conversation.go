package zmtp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Conversation is what two sockets are and say to each other.
type Conversation struct {
	Name  string // of its file
	about string
	// The sockets: arguments of peers/pyzmq.py, less where to bind and to connect.
	dialer, listener []string
	talk             func(ctx context.Context, dialer, listener *socket, tap *Tap) error
}

// The long-term keys of the CURVE conversations.
var dialerKeys, listenerKeys = newKeys(0x20), newKeys(0x60)

// keys are a pair of CURVE's.
type keys struct{ public, secret zsock.Key }

// newKeys makes the secret key of octets that count up from first, and the public one that belongs to it.
func newKeys(first byte) (k keys) {
	for i := range k.secret {
		k.secret[i] = first + byte(i)
	}
	var err error
	if k.public, err = k.secret.PublicKey(); err != nil {
		panic(err) // any 32 octets are a key
	}
	return k
}

// curve are the options of a socket with those keys, and one more.
func curve(kind string, k keys, options ...string) []string {
	return append([]string{kind, "secret", k.secret.String(), "public", k.public.String()}, options...)
}

// Conversations are those that are recorded.
var Conversations = []Conversation{
	{
		Name:     "null",
		about:    "A DEALER of the identity alice dials a ROUTER: NULL. It says all its messages, and the ROUTER says them too.",
		dialer:   []string{"DEALER", "identity", "alice"},
		listener: []string{"ROUTER"},
		talk:     sayAndRepeat(append(small, []string{strings.Repeat("d", 65536)})),
	},
	{
		Name:     "null-heartbeat",
		about:    "A DEALER dials a ROUTER and asks for a sign of life: NULL. It gives its own up after 30 s of silence.",
		dialer:   []string{"DEALER", "heartbeat", "100"},
		listener: []string{"ROUTER"},
		talk:     hear(3),
	},
	{
		Name: "null-pubsub",
		about: "A SUB that wants what begins with weather dials a PUB: NULL. Later it wants sport instead.\n" +
			"# Until a subscription has arrived the PUB repeats itself; that is written down once.",
		dialer:   []string{"SUB", "subscribe", "weather"},
		listener: []string{"PUB"},
		talk:     publish,
	},
	{
		Name:     "plain",
		about:    "A DEALER of the identity alice dials a ROUTER: PLAIN, the user is admin and the password secret.",
		dialer:   []string{"DEALER", "identity", "alice", "username", "admin", "password", "secret"},
		listener: []string{"ROUTER", "accept", "admin:secret"},
		talk:     sayAndRepeat(append(small, []string{strings.Repeat("d", 65536)})),
	},
	{
		Name: "plain-refused",
		about: "A DEALER dials a ROUTER with a password that is wrong: PLAIN.\n" +
			"# The answer should be ERROR; libzmq writes 5e for the 0545 that begins it.",
		dialer:   []string{"DEALER", "username", "admin", "password", "guess"},
		listener: []string{"ROUTER", "accept", "admin:secret"},
		talk:     hear(2),
	},
	{
		Name: "curve",
		about: "A DEALER of the identity alice dials a ROUTER: CURVE.\n" +
			"# Inside of the boxes they say what they say in null.txt, but for the last message.",
		dialer:   curve("DEALER", dialerKeys, "server", listenerKeys.public.String(), "identity", "alice", "random", "dialer"),
		listener: curve("ROUTER", listenerKeys, "admit", dialerKeys.public.String(), "random", "listener"),
		talk:     sayAndRepeat(small),
	},
	{
		Name:     "curve-refused",
		about:    "A DEALER dials a ROUTER that does not admit its key: CURVE.",
		dialer:   curve("DEALER", dialerKeys, "server", listenerKeys.public.String(), "random", "dialer"),
		listener: curve("ROUTER", listenerKeys, "admit", listenerKeys.public.String(), "random", "listener"),
		talk:     hear(3),
	},
}

// small are messages of few octets, in the order in which they are said.
var small = [][]string{
	{"hello"}, {""}, {"first", "", "third"}, {strings.Repeat("b", 255)}, {strings.Repeat("c", 256)},
}

// sayAndRepeat has the dialer say messages, and the listener say them back.
func sayAndRepeat(messages [][]string) func(context.Context, *socket, *socket, *Tap) error {
	return func(_ context.Context, dialer, listener *socket, _ *Tap) error {
		for _, m := range messages {
			from := append([]string{"alice"}, m...)
			for _, step := range []func() error{
				func() error { return dialer.do(append([]string{"send"}, m...)...) },
				func() error { return listener.message(from...) },
				func() error { return listener.do(append([]string{"send"}, from...)...) },
				func() error { return dialer.message(m...) },
			} {
				if err := step(); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// hear waits until the listener has said so many things.
func hear(n int) func(context.Context, *socket, *socket, *Tap) error {
	return func(ctx context.Context, _, _ *socket, tap *Tap) error {
		return tap.Await(ctx, func(said []Said) bool {
			heard := 0
			for _, s := range said {
				if s.Side == Listener {
					heard++
				}
			}
			return heard >= n
		})
	}
}

func publish(_ context.Context, sub, pub *socket, _ *Tap) error {
	for _, step := range []func() error{
		func() error { return repeat(sub, pub, "weather: none") },
		func() error { return pub.do("send", "weather", "rain") },
		func() error { return skip(sub, "weather: none", "weather", "rain") },
		func() error { return sub.do("unsubscribe", "weather") },
		func() error { return sub.do("subscribe", "sport") },
		func() error { return repeat(sub, pub, "sport: none") },
		func() error { return pub.do("send", "weather", "sun") }, // nobody wants it any more
		func() error { return pub.do("send", "sport", "chess") },
		func() error { return skip(sub, "sport: none", "sport", "chess") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// repeat says something until the subscriber has it. A publisher never knows when a subscription has arrived.
func repeat(sub, pub *socket, text string) error {
	got := make(chan error, 1)
	go func() { got <- sub.message(text) }()
	for {
		if err := pub.do("send", text); err != nil {
			return errors.Join(err, <-got)
		}
		select {
		case err := <-got:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// skip waits for a message after any number of others.
func skip(s *socket, over string, frames ...string) error {
	for {
		e, err := s.await("MESSAGE")
		if err != nil {
			return err
		}
		if !slices.Equal(e.Msg, []string{over}) {
			if !slices.Equal(e.Msg, frames) {
				err = fmt.Errorf("the subscriber got %q, not %q", e.Msg, frames)
			}
			return err
		}
	}
}

// drawn says what libzmq draws at random for CURVE, in its order.
var drawn = [2][]string{
	Dialer:   {"transient secret key", "nonce of the vouch"},
	Listener: {"transient secret key", "nonce of the cookie", "key of the cookie", "nonce of the WELCOME"},
}

// Record lets the conversation happen and returns it as a vector.
func (c Conversation) Record(ctx context.Context) (text string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("conversation %s: %w", c.Name, err)
		}
	}()
	listener, err := begin(ctx, slices.Insert(slices.Clone(c.listener), 1, "bind", "tcp://127.0.0.1:*")...)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, listener.end()) }()
	tap, err := NewTap(listener.addr)
	if err != nil {
		return "", err
	}
	defer tap.Close()
	dialer, err := begin(ctx, slices.Insert(slices.Clone(c.dialer), 1, "connect", "tcp://"+tap.Addr())...)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, dialer.end()) }()
	if err := c.talk(ctx, dialer, listener, tap); err != nil {
		return "", err
	}

	t := &writer{}
	t.comment("%s\n# What libzmq %s says, written down by tools/interop/zmtp/record.", c.about, dialer.version)
	if slices.Contains(c.dialer, "random") {
		for side, s := range []*socket{dialer, listener} {
			k := [2]keys{dialerKeys, listenerKeys}[side]
			t.line(Side(side), "secret", field{octets: k.secret[:]})
			t.line(Side(side), "public", field{octets: k.public[:]})
			draws, err := s.draws(len(drawn[side]))
			if err != nil {
				return "", err
			}
			for i, d := range draws {
				t.line(Side(side), "random", field{octets: d, random: true})
				t.remark("the %s", drawn[side][i])
			}
		}
	}
	said, err := tap.Said()
	if err != nil {
		return "", err
	}
	t.conversation(said)
	return t.String(), nil
}
