package zsocktest

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between a link and a listener on TCP, and does to their connections what networks do.
type proxy struct {
	t        *testing.T
	listener net.Listener
	target   string
	piece    int           // octets per read and per write
	stop     chan struct{} // closed at the end of the test
	all      sync.WaitGroup

	mu       sync.Mutex
	hops     map[*hop]bool
	away     bool          // connections are accepted and closed
	accepted int           // connections so far
	ended    int           // of them, those that one end or the proxy has closed
	changed  chan struct{} // closed, and replaced, at every change of the above
}

// manyOctets is for proxies of which nothing special is wanted.
const manyOctets = 32 << 10

// hop is one connection through the proxy.
type hop struct {
	near, far net.Conn
	frozen    chan struct{} // closed: nothing passes any more, and nobody is told
}

// newProxy makes a proxy that carries at most piece octets at a time.
func newProxy(t *testing.T, endpoint string, piece int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: l, target: strings.TrimPrefix(endpoint, "tcp://"), piece: piece, stop: make(chan struct{}),
		hops: map[*hop]bool{}, changed: make(chan struct{})}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		close(p.stop)
		l.Close()
		p.cut()
		p.all.Wait()
	})
	return p
}

func (p *proxy) endpoint() string { return "tcp://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp4", p.target)
		p.mu.Lock()
		p.accepted++
		h := &hop{near, far, make(chan struct{})}
		if err != nil || p.away {
			p.ended++
			near.Close()
			if err == nil {
				far.Close()
			}
		} else {
			p.hops[h] = true
			p.all.Go(func() { p.pump(h, near, far) })
			p.all.Go(func() { p.pump(h, far, near) })
		}
		p.change()
		p.mu.Unlock()
	}
}

// change wakes who waits. p.mu is held.
func (p *proxy) change() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// pump carries octets one way until either end closes, and then closes the other one.
func (p *proxy) pump(h *hop, from, to net.Conn) {
	buf := make([]byte, p.piece)
	for {
		n, err := from.Read(buf)
		select {
		case <-h.frozen:
			<-p.stop
			err = net.ErrClosed
		default:
		}
		if err == nil {
			_, err = to.Write(buf[:n])
		}
		if err != nil {
			p.mu.Lock()
			p.end(h)
			p.mu.Unlock()
			return
		}
	}
}

// end closes a connection. p.mu is held.
func (p *proxy) end(h *hop) {
	if p.hops[h] {
		delete(p.hops, h)
		h.near.Close()
		h.far.Close()
		p.ended++
		p.change()
	}
}

// freeze lets nothing more pass on the connections that are there, without closing them. Later ones are not concerned.
func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for h := range p.hops {
		select {
		case <-h.frozen:
		default:
			close(h.frozen)
		}
	}
}

// cut closes the connections that are there, and those to come, until pass.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
	for h := range p.hops {
		p.end(h)
	}
}

func (p *proxy) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = false
}

// count is how many connections there were so far, and how many of them ended.
func (p *proxy) count() (accepted, ended int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted, p.ended
}

// wait waits until ok, which may look at the counts.
func (p *proxy) wait(what string, ok func() bool) {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		reached, changed := ok(), p.changed
		p.mu.Unlock()
		if reached {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			p.t.Fatalf("did not see %s within %v", what, patience)
		}
	}
}
