package zmtp

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// curveKeys are the long-term keys of a client and a server.
type curveKeys struct{ client, server curvePair }

func newCurveKeys(t testing.TB) curveKeys {
	t.Helper()
	return curveKeys{newCurvePair(t), newCurvePair(t)}
}

func (k curveKeys) clientEnd() end {
	return end{metadata: []byte("the client's metadata"), security: zsock.Security{Mechanism: zsock.Curve,
		Public: *k.client.public, Secret: *k.client.secret, Server: *k.server.public}}
}

func (k curveKeys) serverEnd() end {
	return end{server: true, metadata: []byte("the server's metadata"), security: zsock.Security{Mechanism: zsock.Curve,
		Public: *k.server.public, Secret: *k.server.secret}}
}

func newCurveEnd[M mechanism](t testing.TB, e end) M {
	t.Helper()
	m, err := newCurve(e)
	if err != nil {
		t.Fatal(err)
	}
	return m.(M)
}

func (k curveKeys) newClient(t testing.TB) *curveClient {
	return newCurveEnd[*curveClient](t, k.clientEnd())
}
func (k curveKeys) newServer(t testing.TB) *curveServer {
	return newCurveEnd[*curveServer](t, k.serverEnd())
}

// curveFirst is the command that an end begins with.
func curveFirst(t testing.TB, m mechanism) []byte {
	t.Helper()
	command, err := m.first()
	if err != nil {
		t.Fatal(err)
	}
	return command
}

// curveNext is an end's answer to a command that it has to take.
func curveNext(t testing.TB, m mechanism, command []byte, wantDone bool) []byte {
	t.Helper()
	answer, done, err := m.next(command)
	if err != nil || done != wantDone {
		t.Fatalf("%T, %.12q: done %v, %v", m, command, done, err)
	}
	return answer
}

// curveRefuses checks that an end refuses a command, and then every other one.
func curveRefuses(t testing.TB, m mechanism, command []byte, want error) {
	t.Helper()
	if answer, done, err := m.next(command); answer != nil || done || !errors.Is(err, want) {
		t.Fatalf("%T, %.12q: got the answer %q, done %v, error %v, want the error %v", m, command, answer, done, err, want)
	}
	if answer, done, err := m.next(command); answer != nil || done || !errors.Is(err, errCommand) {
		t.Fatalf("%T, after an error: got the answer %q, done %v, error %v", m, answer, done, err)
	}
}

// curveTalk is a handshake between two of our ends: the commands, and each end as it was when it got one of them.
type curveTalk struct {
	hello, welcome, initiate, ready []byte
	beforeHello, beforeInitiate     curveServer
	beforeWelcome, beforeReady      curveClient
	client                          *curveClient
	server                          *curveServer
}

func newCurveTalk(t testing.TB, k curveKeys) *curveTalk {
	t.Helper()
	talk := &curveTalk{client: k.newClient(t), server: k.newServer(t)}
	talk.hello = curveFirst(t, talk.client)
	talk.beforeHello = *talk.server
	talk.welcome = curveNext(t, talk.server, talk.hello, false)
	talk.beforeWelcome = *talk.client
	talk.initiate = curveNext(t, talk.client, talk.welcome, false)
	talk.beforeInitiate = *talk.server
	talk.ready = curveNext(t, talk.server, talk.initiate, true)
	talk.beforeReady = *talk.client
	if answer := curveNext(t, talk.client, talk.ready, true); answer != nil {
		t.Fatalf("the client answers READY with %q", answer)
	}
	return talk
}

func TestCurveHandshake(t *testing.T) {
	k := newCurveKeys(t)
	var got zsock.Credentials
	e := k.serverEnd()
	e.addr = netip.MustParseAddr("192.0.2.1")
	e.security.Authenticate = func(c zsock.Credentials) error { got = c; return nil }
	server, client := newCurveEnd[*curveServer](t, e), k.newClient(t)

	if first := curveFirst(t, server); first != nil {
		t.Errorf("the server begins with %q", first)
	}
	hello := curveFirst(t, client)
	welcome := curveNext(t, server, hello, false)
	initiate := curveNext(t, client, welcome, false)
	if got.Mechanism != zsock.Null {
		t.Error("Authenticate was called before INITIATE")
	}
	ready := curveNext(t, server, initiate, true)
	curveNext(t, client, ready, true)

	if want := (zsock.Credentials{Mechanism: zsock.Curve, Addr: e.addr, Key: *k.client.public}); got != want {
		t.Errorf("Authenticate got %v, want %v", got, want)
	}
	if string(client.metadata()) != "the server's metadata" || string(server.metadata()) != "the client's metadata" {
		t.Errorf("metadata: the client has %q, the server %q", client.metadata(), server.metadata())
	}
	// The sizes of RFC 26: no answer of a server to a stranger is longer than what the stranger sent.
	if len(hello) != 200 || len(welcome) != 168 ||
		len(initiate) != 257+len(server.metadata()) || len(ready) != 30+len(client.metadata()) {
		t.Errorf("sizes: %d, %d, %d, %d", len(hello), len(welcome), len(initiate), len(ready))
	}
	curveExchange(t, client.cipher(), server.cipher())
	curveExchange(t, server.cipher(), client.cipher())
}

// curveExchange sends frames of many sizes one way.
func curveExchange(t *testing.T, from, to cipher) {
	t.Helper()
	body := random(70_000)
	for _, size := range []int{0, 1, 30, 31, 32, 63, 64, 95, 96, 255, 256, 1000, 65_535, 65_536, 70_000} {
		for _, flags := range []byte{0, flagMore, flagCommand} {
			message := from.seal([]byte("before"), flags, body[:size])
			if len(message) != 6+size+from.overhead() || string(message[:6]) != "before" {
				t.Fatalf("%d octets: sealed to %d, which begin with %q", size, len(message), message[:6])
			}
			plain, got, err := to.open([]byte("before"), message[6:])
			if err != nil || got != flags || string(plain[:6]) != "before" || !bytes.Equal(plain[6:], body[:size]) {
				t.Fatalf("%d octets, flags %d: got %d octets, flags %d, %v", size, flags, len(plain)-6, got, err)
			}
		}
	}
}

// TestCurveOfReference lets each of our ends talk with one that was written on package box alone.
func TestCurveOfReference(t *testing.T) {
	k := newCurveKeys(t)
	t.Run("client", func(t *testing.T) {
		client, server := k.newClient(t), newCurveReference(t, k.server, nil)
		server.takeHello(t, curveFirst(t, client))
		key, metadata := server.takeInitiate(t, curveNext(t, client, server.welcome(), false))
		if key != *k.client.public || string(metadata) != "the client's metadata" {
			t.Errorf("the server got %v, %q", key, metadata)
		}
		curveNext(t, client, server.ready(), true)
		if !bytes.Equal(client.metadata(), server.metadata) {
			t.Errorf("the client got %q", client.metadata())
		}
		curveMessages(t, client.cipher(), server, "CurveZMQMESSAGEC", "CurveZMQMESSAGES")
	})
	t.Run("server", func(t *testing.T) {
		client, server := newCurveReference(t, k.client, k.server.public), k.newServer(t)
		client.takeWelcome(t, curveNext(t, server, client.hello(), false))
		metadata := client.takeReady(t, curveNext(t, server, client.initiate(), true))
		if string(metadata) != "the server's metadata" || !bytes.Equal(server.metadata(), client.metadata) {
			t.Errorf("the client got %q, the server %q", metadata, server.metadata())
		}
		curveMessages(t, server.cipher(), client, "CurveZMQMESSAGES", "CurveZMQMESSAGEC")
	})
}

// curveMessages exchanges a MESSAGE each way with a reference. libzmq's flags: 1 for more, 2 for a command.
func curveMessages(t *testing.T, ours cipher, r *curveReference, sealing, opening string) {
	t.Helper()
	for own, theirs := range map[byte]byte{0: 0, flagMore: 1, flagCommand: 2} {
		flags, body := takeReferenceMessage(t, r.session(), sealing, ours.seal(nil, own, []byte("one")))
		if flags != theirs || string(body) != "one" {
			t.Errorf("the reference got %q, flags %d, want %d", body, flags, theirs)
		}
		r.nonce++
		plain, flags, err := ours.open(nil, referenceMessage(r.session(), opening, r.nonce, theirs, []byte("two")))
		if err != nil || flags != own || string(plain) != "two" {
			t.Errorf("got %q, flags %d, %v, want flags %d", plain, flags, err, own)
		}
	}
}

func TestCurveWrongServerKey(t *testing.T) {
	k, other := newCurveKeys(t), newCurveKeys(t)
	hello := curveFirst(t, k.newClient(t))
	curveRefuses(t, other.newServer(t), hello, errCurve)

	// Whoever took the server's address cannot answer.
	client, thief := k.newClient(t), newCurveReference(t, other.server, nil)
	thief.peerTransient = (*[32]byte)(curveFirst(t, client)[80:112])
	curveRefuses(t, client, thief.welcome(), errCurve)
}

func TestCurveRefusedKey(t *testing.T) {
	k := newCurveKeys(t)
	errStranger := errors.New("a stranger")
	e := k.serverEnd()
	e.security.Authenticate = func(zsock.Credentials) error { return errStranger }
	server, client := newCurveEnd[*curveServer](t, e), k.newClient(t)
	initiate := curveNext(t, client, curveNext(t, server, curveFirst(t, client), false), false)
	answer, done, err := server.next(initiate)
	if string(answer) != "\x05ERROR\x03400" || done || !errors.Is(err, errStranger) {
		t.Errorf("got %q, done %v, %v", answer, done, err)
	}
	if server.metadata() != nil {
		t.Errorf("what a refused client said was kept: %q", server.metadata())
	}
	curveRefuses(t, server, initiate, errCommand)
}

func TestCurveAllocations(t *testing.T) {
	talk := newCurveTalk(t, newCurveKeys(t))
	for _, size := range []int{0, 100, 64 << 10} {
		body := make([]byte, size)
		message, plain := make([]byte, 0, size+curveOverhead), make([]byte, 0, size)
		allocated := testing.AllocsPerRun(100, func() {
			sealed := talk.client.crypt.seal(message, flagMore, body)
			if _, _, err := talk.server.crypt.open(plain, sealed); err != nil {
				t.Fatal(err)
			}
		})
		if allocated != 0 {
			t.Errorf("%d octets: %v allocations to seal and open", size, allocated)
		}
	}
}

// TestCurveBothWays lets both ends seal and open at the same time, for the race detector.
func TestCurveBothWays(t *testing.T) {
	talk := newCurveTalk(t, newCurveKeys(t))
	toServer, toClient := make(chan []byte), make(chan []byte)
	errs := make(chan error, 2)
	const messages = 200
	send := func(c cipher, to chan<- []byte) {
		for range messages {
			to <- c.seal(nil, 0, []byte("body"))
		}
	}
	receive := func(c cipher, from <-chan []byte) {
		var first error
		for range messages {
			if _, _, err := c.open(nil, <-from); first == nil {
				first = err
			}
		}
		errs <- first
	}
	go send(talk.client.crypt, toServer)
	go send(talk.server.crypt, toClient)
	go receive(talk.client.crypt, toClient)
	go receive(talk.server.crypt, toServer)
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
