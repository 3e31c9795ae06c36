package harmony_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
	"github.com/zeromq/gozyre/libzyre/harmony"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(zsocktest.OnEach(m, transports, &transport)) }

// node is a Harmony with its consumer.
type node struct {
	t testing.TB
	*harmony.Harmony
	id    harmony.ID
	batch []harmony.Event
	next  int
}

func listen(t testing.TB, name byte, cfg harmony.Config) *node {
	t.Helper()
	cfg.ID[0] = name
	if cfg.Transport == nil {
		cfg.Transport = transport
	}
	h, err := harmony.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return &node{t: t, Harmony: h, id: cfg.ID}
}

func (n *node) address() string { return fmt.Sprintf("tcp://127.0.0.1:%d", n.Port()) }

// event is the next one that is no news of a connection.
func (n *node) event() harmony.Event {
	n.t.Helper()
	for {
		if e := n.any(); e.Type == harmony.Message || e.Type == harmony.Writable {
			return e
		}
	}
}

func (n *node) any() harmony.Event {
	n.t.Helper()
	for n.next == len(n.batch) {
		select {
		case <-n.Ready():
		case <-time.After(20 * time.Second):
			n.t.Fatal("no event came")
		}
		n.batch, n.next = n.Take(n.batch), 0
	}
	n.next++
	return n.batch[n.next-1]
}

func TestMessageNamesPeerAndAddress(t *testing.T) {
	alice, bob := listen(t, 'a', harmony.Config{}), listen(t, 'b', harmony.Config{})
	if err := alice.Connect(bob.id, bob.address()); err != nil {
		t.Fatal(err)
	}
	if err := alice.Send(bob.id, [][]byte{[]byte("hello"), {}}); err != nil {
		t.Fatal(err)
	}
	e := bob.event()
	if e.Type != harmony.Message || e.Peer != alice.id || e.Addr.String() != "127.0.0.1" || fmt.Sprintf("%q", e.Frames) != `["hello" ""]` {
		t.Errorf("got %+v", e)
	}
}
