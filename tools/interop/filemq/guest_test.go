package filemq

import (
	"context"
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"
	"time"

	fmq "github.com/zeromq/gozyre/libfmq"
)

// Our server asks whoever is silent for heartbeat. Who used to answer is forgotten after expired; and so is, by the transport, who is
// not there any more.
const (
	heartbeat = 50 * time.Millisecond
	expired   = 500 * time.Millisecond
)

// listen starts our server, with a long patience: a stall of the machine must not end connections.
func listen(t *testing.T, endpoint, dir string) *fmq.Server {
	t.Helper()
	return listenWith(t, fmq.ServerConfig{Endpoint: endpoint, Heartbeat: heartbeat, Expired: patience}, dir)
}

func listenWith(t *testing.T, cfg fmq.ServerConfig, dir string) *fmq.Server {
	t.Helper()
	cfg.Publish, cfg.Monitor, cfg.Transport = []fmq.Publish{{Dir: dir}}, 50*time.Millisecond, transport
	s, err := fmq.Listen(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// guest is a C client in its inbox.
type guest struct {
	*peer
	inbox string
}

// visit starts a C client and waits until it has subscribed.
func visit(t *testing.T, endpoint, path string, options ...string) *guest {
	t.Helper()
	g := &guest{inbox: t.TempDir()}
	g.peer = run(t, "client.py", append([]string{endpoint, g.inbox, path}, options...)...)
	g.expect("SUBSCRIBED")
	return g
}

// updated waits for a file and compares it.
func (g *guest) updated(name, content string) {
	g.t.Helper()
	g.right(g.expect("UPDATED"), name, content)
}

func (g *guest) right(e event, name, content string) {
	g.t.Helper()
	if e.Name != name || e.Size != int64(len(content)) || e.SHA1 != fmt.Sprintf("%x", sha1.Sum([]byte(content))) {
		g.t.Fatalf("got %+v, want %s of %d octets, %x", e, name, len(content), sha1.Sum([]byte(content)))
	}
}

func (g *guest) deleted(name string) {
	g.t.Helper()
	if e := g.expect("DELETED"); e.Name != name {
		g.t.Fatalf("got %+v, want %s", e, name)
	}
}

// heard waits until it was told that message, with which it can do nothing.
func (g *guest) heard(message string) event {
	g.t.Helper()
	for {
		if e := g.expect("PROTOCOL-ERROR"); strings.HasPrefix(e.Text, message+" ") {
			return e
		}
	}
}
