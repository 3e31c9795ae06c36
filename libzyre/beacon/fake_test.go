package beacon

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a medium without sockets: for tests in a synctest bubble, on its clock.
type fake struct {
	told chan struct{} // nil: changes are not told
	in   chan any      // heard or error
	gone chan struct{}
	ear  *inlet
	sub  bool // ear is another's

	mu     sync.Mutex
	ifaces []iface
	fails  map[string]error // target → what sending to it gives
	deaf   map[string]error // target → what opening it gives
	sent   []sent
	opened uint16
	scans  int
}

type sent struct {
	at   time.Time
	to   string
	data string
	from netip.AddrPort
}

type heard struct {
	arrival
	data []byte
}

func newFake(ifaces ...iface) *fake {
	f := &fake{
		told: make(chan struct{}, 1), in: make(chan any), gone: make(chan struct{}),
		ifaces: ifaces, fails: map[string]error{}, deaf: map[string]error{},
	}
	f.ear = newInlet(&fakeReceiver{fake: f})
	return f
}

// beside is another beacon's view of the same host: it shares what receives.
func (f *fake) beside() *fake {
	return &fake{ear: f.ear, sub: true, ifaces: f.ifaces, fails: map[string]error{}, deaf: map[string]error{}}
}

// up is an interface with networks of its own: 10.INDEX.0.1/24, 10.INDEX.1.1/24, …
func up(name string, index, networks int) iface {
	f := iface{name: name, index: index}
	for i := range networks {
		p := place{
			name: name, index: index, plugged: true,
			prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(index), byte(i), 1}), 24),
		}
		f.places = append(f.places, p)
		f.networks = append(f.networks, network{p, netip.AddrFrom4([4]byte{10, byte(index), byte(i), 255})})
	}
	return f
}

func down(name string, index int) iface {
	return iface{name: name, index: index, unusable: "is down"}
}

func (f *fake) port() uint16             { return 9999 }
func (f *fake) name(int) string          { return "late0" }
func (f *fake) inlets() []*inlet         { return []*inlet{f.ear} }
func (f *fake) changes() <-chan struct{} { return f.told }

func (f *fake) close() {
	if !f.sub {
		f.ear.end()
	}
}

func (f *fake) scan() ([]iface, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scans++
	if err := f.fails["scan"]; err != nil {
		return nil, err
	}
	return slices.Clone(f.ifaces), nil
}

type fakeReceiver struct {
	*fake
	until time.Time
}

func (f *fakeReceiver) close()            { close(f.gone) }
func (f *fakeReceiver) wake(at time.Time) { f.until = at }

func (f *fakeReceiver) receive(buf []byte) (arrival, error) {
	var late <-chan time.Time
	if !f.until.IsZero() {
		late = time.After(time.Until(f.until))
	}
	select {
	case <-late:
		return arrival{}, os.ErrDeadlineExceeded
	case <-f.gone:
		return arrival{}, net.ErrClosed
	case x := <-f.in:
		switch x := x.(type) {
		case error:
			return arrival{}, x
		case heard:
			x.size = copy(buf, x.data)
			return x.arrival, nil
		}
		panic("fake: neither error nor heard")
	}
}

func (f *fake) open(n network) (sender, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.deaf[n.target.String()]; err != nil {
		return nil, err
	}
	f.opened++
	return &fakeSender{f, n, netip.AddrPortFrom(n.prefix.Addr(), 40000+f.opened)}, nil
}

type fakeSender struct {
	f   *fake
	n   network
	own netip.AddrPort
}

func (s *fakeSender) send(data []byte) error {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	to := s.n.target.String()
	if err := s.f.fails[to]; err != nil {
		return err
	}
	s.f.sent = append(s.f.sent, sent{time.Now(), to, string(data), s.own})
	return nil
}

func (s *fakeSender) local() netip.AddrPort { return s.own }
func (s *fakeSender) close()                {}

// set changes the interfaces.
func (f *fake) set(ifaces ...iface) {
	f.mu.Lock()
	f.ifaces = ifaces
	f.mu.Unlock()
	if f.told != nil {
		f.told <- struct{}{}
	}
}

// fail makes sending to a target fail; nil ends that.
func (f *fake) fail(target string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails[target] = err
}

// take gives what was sent since the last take.
func (f *fake) take() []sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sent
	f.sent = nil
	return s
}

func (f *fake) hear(from string, index int, data string) {
	f.in <- heard{arrival{from: netip.MustParseAddrPort(from), index: index}, []byte(data)}
}

// on starts a beacon on a fake, to be closed by the test, inside its bubble.
func on(t *testing.T, f *fake, cfg Config) *Beacon {
	t.Helper()
	cfg, err := cfg.checked()
	if err != nil {
		t.Fatal(err)
	}
	b, err := start(cfg, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// logged keeps the lines of a log, "LEVEL interface".
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) logger() *slog.Logger { return slog.New(l) }

func (l *logged) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (l *logged) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *logged) WithGroup(string) slog.Handler                    { return l }
func (l *logged) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "interface" || a.Key == "error" {
			line += " " + a.Value.String()
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	return nil
}

// take gives the lines since the last take, joined.
func (l *logged) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := strings.Join(l.lines, "\n")
	l.lines = nil
	return s
}
