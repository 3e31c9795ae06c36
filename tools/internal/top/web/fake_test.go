package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a Source that a test plays.
type fake struct {
	mu       sync.Mutex
	model    *model.Model
	told     uint64
	watchers []chan []byte
	full     bool // no more may watch
	over     bool
	now      time.Time
}

func newFake() *fake {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &fake{model: model.New(id(0), "watcher", "", now), now: now}
}

func id(n int) (id zyre.UUID) {
	id[0], id[1], id[15] = byte(n), byte(n>>8), 1
	return id
}

func (f *fake) Watch() (first []byte, next <-chan []byte, cancel func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.full {
		return nil, nil, func() {}
	}
	w := make(chan []byte, 16)
	f.watchers = append(f.watchers, w)
	f.told = f.model.Version()
	first, _ = json.Marshal(f.model.Since(0))
	return first, w, func() {}
}

func (f *fake) Look(look func(*model.Model, int, zyre.Stats)) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		look(f.model, len(f.watchers), zyre.Stats{Strangers: 7})
	}
	return !f.over
}

// play changes the model, and tells who watches.
func (f *fake) play(change func(m *model.Model)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f.model)
	text, _ := json.Marshal(f.model.Since(f.told))
	f.told = f.model.Version()
	for _, w := range f.watchers {
		w <- text
	}
}

// end closes all streams.
func (f *fake) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.watchers {
		close(w)
	}
	f.watchers, f.over = nil, true
}

func (f *fake) event(m *model.Model, t zyre.EventType, n int, group string) {
	name := fmt.Sprintf("node%02d", n)
	m.Event(&zyre.Event{Type: t, Peer: id(n), Name: name, Addr: fmt.Sprintf("tcp://10.0.0.%d:50000", n%250), Group: group,
		Headers: map[string]string{"X-ROLE": "test"}, Time: f.now})
}

// record is one that a node sends.
func (f *fake) record(m *model.Model, event uint8, from, about int, text string) {
	r := collector.Record{Level: zrelog.LevelInfo, Event: event, Node: zrelog.HashUUID(id(from)), Received: f.now, Text: text,
		From: netip.MustParseAddr(fmt.Sprintf("10.0.0.%d", from%250))}
	if about >= 0 {
		r.Peer = zrelog.HashUUID(id(about))
	}
	m.Record(&r)
}

// crowd makes a network of n nodes in some groups.
func (f *fake) crowd(n int) {
	f.play(func(m *model.Model) {
		for i := 1; i < n; i++ {
			f.event(m, zyre.Enter, i, "")
			f.event(m, zyre.Join, i, []string{"CHAT", "sensors", "cameras", "build", "office"}[i%5])
			if i%3 == 0 {
				f.event(m, zyre.Join, i, "CHAT")
			}
			m.Ping(id(i), time.Duration(200+i*17)*time.Microsecond, false)
		}
		for _, in := range []int{0, 400} { // twice: rates are differences
			for i := 1; i < n; i++ {
				f.record(m, zrelog.EventStats, i, -1, fmt.Sprintf("peers=%d in=%d out=%d queue=0 dropped=0 octets-in=%d octets-out=%d", n-1, in*i, in*2, in*i*120, in*200))
			}
			f.now = f.now.Add(5 * time.Second)
		}
	})
}

// listen starts a server on loopback that ends with the test.
func listen(t *testing.T, f *fake, addr, token string) *Server {
	t.Helper()
	s, err := Listen(addr, token, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.end()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// get asks for a path, and returns status, header and body.
func get(t *testing.T, s *Server, path string, header ...string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, "http://"+s.listener.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range header {
		key, value, _ := strings.Cut(h, ": ")
		r.Header.Set(key, value)
		if key == "Host" {
			r.Host = value
		}
	}
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}, Timeout: 20 * time.Second}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(body)
}
