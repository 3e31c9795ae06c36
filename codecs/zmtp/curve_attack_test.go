package zmtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
)

// curveForgeries are a command with each octet changed in several ways, cut at each length, and with an octet more.
func curveForgeries(command []byte, try func(forged []byte)) {
	for i := range command {
		for _, mask := range []byte{0x01, 0x10, 0x80, 0xFF} {
			forged := bytes.Clone(command)
			forged[i] ^= mask
			try(forged)
		}
		try(bytes.Clone(command[:i]))
	}
	try(append(bytes.Clone(command), 0))
	try(append([]byte{0}, command...))
}

func TestCurveTampered(t *testing.T) {
	k := newCurveKeys(t)
	talk := newCurveTalk(t, k)
	message := talk.client.crypt.seal(nil, flagMore, []byte("longer than what the first block of the key stream is for"))
	for _, c := range []struct {
		command []byte
		try     func(forged []byte) (accepted bool)
	}{
		{talk.hello, func(b []byte) bool { m := talk.beforeHello; _, _, err := m.next(b); return err == nil }},
		{talk.welcome, func(b []byte) bool { m := talk.beforeWelcome; _, _, err := m.next(b); return err == nil }},
		{talk.initiate, func(b []byte) bool { m := talk.beforeInitiate; _, _, err := m.next(b); return err == nil }},
		{talk.ready, func(b []byte) bool { m := talk.beforeReady; _, _, err := m.next(b); return err == nil }},
		{message, func(b []byte) bool { m := *talk.server.crypt; _, _, err := m.open(nil, b); return err == nil }},
	} {
		tried := 0
		curveForgeries(c.command, func(forged []byte) {
			tried++
			if c.try(forged) {
				t.Errorf("accepted, forged: %q", forged)
			}
		})
		if tried < 5*len(c.command) || !c.try(c.command) {
			t.Errorf("%.12q: %d forgeries tried; or it is refused as it is", c.command, tried)
		}
	}
}

// TestCurveOrder gives each end, at each step, every command that is not due.
func TestCurveOrder(t *testing.T) {
	talk := newCurveTalk(t, newCurveKeys(t))
	message := talk.client.crypt.seal(nil, 0, nil)
	commands := map[string][]byte{
		"HELLO": talk.hello, "WELCOME": talk.welcome, "INITIATE": talk.initiate, "READY": talk.ready, "MESSAGE": message,
		"no name": {}, "NULL's READY": command("READY"), "none": nil,
	}
	for name, c := range commands {
		for due, m := range map[string]mechanism{"HELLO": new(talk.beforeHello), "WELCOME": new(talk.beforeWelcome),
			"INITIATE": new(talk.beforeInitiate), "READY": new(talk.beforeReady),
			"client": new(*talk.client), "server": new(*talk.server)} {
			if name == due {
				continue
			}
			t.Run(name+" instead of "+due, func(t *testing.T) { curveRefuses(t, m, c, errCommand) })
		}
	}
	// A client that has not begun.
	curveRefuses(t, newCurveKeys(t).newClient(t), talk.welcome, errCommand)
}

func TestCurveReplay(t *testing.T) {
	talk := newCurveTalk(t, newCurveKeys(t))
	client, server := talk.client.crypt, talk.server.crypt
	var sent [][]byte
	for range 5 {
		sent = append(sent, client.seal(nil, 0, []byte("body")))
	}
	open := func(to *curveCipher, message []byte) error {
		_, _, err := to.open(nil, bytes.Clone(message))
		return err
	}
	for _, i := range []int{0, 1, 3} { // what is missing is no error: the nonce need but increase
		if err := open(server, sent[i]); err != nil {
			t.Fatal(i, err)
		}
	}
	for _, i := range []int{3, 2, 0} {
		if err := open(server, sent[i]); !errors.Is(err, errCurve) || !strings.Contains(err.Error(), "repeated") {
			t.Errorf("message %d once more: %v", i, err)
		}
	}
	if err := open(client, sent[4]); !errors.Is(err, errCurve) {
		t.Errorf("a message sent back to who sent it: %v", err)
	}
	if err := open(newCurveTalk(t, newCurveKeys(t)).server.crypt, sent[4]); !errors.Is(err, errCurve) {
		t.Errorf("a message of another connection: %v", err)
	}
	// One that does not open must not use up its nonce, or anybody could make the next one be refused.
	forged := bytes.Clone(sent[4])
	forged[len(forged)-1] ^= 1
	if err := open(server, forged); !errors.Is(err, errCurve) {
		t.Error(err)
	}
	if err := open(server, sent[4]); err != nil {
		t.Error(err)
	}
}

// TestCurveNonces checks that nonces go on from the handshake's, and that none follows the last of all.
func TestCurveNonces(t *testing.T) {
	k := newCurveKeys(t)
	client, server := newCurveReference(t, k.client, k.server.public), k.newServer(t)
	client.nonce = 1000
	client.takeWelcome(t, curveNext(t, server, client.hello(), false))
	client.nonce = 2000
	curveNext(t, server, client.initiate(), true)
	session := client.session()
	for _, c := range []struct {
		nonce uint64
		ok    bool
	}{
		{2, false}, {1001, false}, {2001, false}, {2002, true}, {1<<64 - 1, true}, {1<<64 - 1, false}, {0, false}, {1, false},
	} {
		_, _, err := server.crypt.open(nil, referenceMessage(session, "CurveZMQMESSAGEC", c.nonce, 0, nil))
		if (err == nil) != c.ok {
			t.Errorf("nonce %d: %v", c.nonce, err)
		}
	}
	// INITIATE is after HELLO.
	client, server = newCurveReference(t, k.client, k.server.public), k.newServer(t)
	client.takeWelcome(t, curveNext(t, server, client.hello(), false))
	client.nonce = 0
	curveRefuses(t, server, client.initiate(), errCurve)
}

func TestCurveFlags(t *testing.T) {
	key := (*[32]byte)(random(32))
	c := newCurveCipher(key, curveServerNonce, 0, curveClientNonce, 0)
	for flags := range 256 {
		message := referenceMessage(key, "CurveZMQMESSAGEC", uint64(flags+1), byte(flags), []byte("body"))
		_, got, err := c.open(nil, message)
		want, known := map[int]byte{0: 0, 1: flagMore, 2: flagCommand}[flags]
		if known != (err == nil) || got != want || !known && !errors.Is(err, errCommand) {
			t.Errorf("flags %d: got %d, %v", flags, got, err)
		}
	}
	// The length's flag stays outside.
	if flags, _ := takeReferenceMessage(t, key, "CurveZMQMESSAGES", c.seal(nil, flagMore|flagLong, nil)); flags != 1 {
		t.Errorf("flags %d in a MESSAGE", flags)
	}
}

// TestCurveImpostor lets a client that knows the server's key claim what it cannot prove.
func TestCurveImpostor(t *testing.T) {
	k, other := newCurveKeys(t), newCurveKeys(t)
	for name, lie := range map[string]func(*curveReference){
		"a vouch made with another key": func(r *curveReference) {
			r.vouchKey = sharedKey(r.peerTransient, other.client.secret)
		},
		"another client's key":              func(r *curveReference) { r.own.public = other.client.public },
		"a vouch for another transient key": func(r *curveReference) { r.vouched = other.client.public },
		"a vouch for another server":        func(r *curveReference) { r.vouchedTo = other.server.public },
		"a cookie of its own making":        func(r *curveReference) { r.cookie = random(96) },
		"the cookie of another connection": func(r *curveReference) {
			stranger := newCurveReference(t, k.client, k.server.public)
			stranger.takeWelcome(t, curveNext(t, k.newServer(t), stranger.hello(), false))
			r.cookie = stranger.cookie
		},
		"another transient key": func(r *curveReference) { r.transient = other.client },
		"a key of low order": func(r *curveReference) {
			r.own.public = lowOrder()
			r.vouchKey = sharedKey(lowOrder(), r.own.secret) // everybody knows it
		},
		"a key with its high bit": func(r *curveReference) { r.own.public = highBit(r.own.public) },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := newCurveReference(t, k.client, k.server.public), k.newServer(t)
			client.takeWelcome(t, curveNext(t, server, client.hello(), false))
			lie(client)
			curveRefuses(t, server, client.initiate(), errCurve)
			if server.metadata() != nil || server.crypt != nil {
				t.Error("the server has taken it nevertheless")
			}
		})
	}
	// The whole INITIATE of one connection in another.
	talk, server := newCurveTalk(t, k), k.newServer(t)
	curveNext(t, server, talk.hello, false)
	curveRefuses(t, server, talk.initiate, errCurve)
}

// highBit is another form of the same key.
func highBit(key *[32]byte) *[32]byte {
	other := *key
	other[31] |= 0x80
	return &other
}

// TestCurveBadHello sends HELLOs that open but are not as they should be.
func TestCurveBadHello(t *testing.T) {
	k := newCurveKeys(t)
	for name, c := range map[string]struct {
		lie  func(*curveReference)
		want error
	}{
		"longer":       {func(r *curveReference) { r.zeros = make([]byte, 65) }, errCommand},
		"not of zeros": {func(r *curveReference) { r.zeros[63] = 1 }, errCommand},
		"a key of low order": {func(r *curveReference) {
			r.transient.public = lowOrder()
			r.helloKey = sharedKey(lowOrder(), r.transient.secret)
		}, errCurve},
		"a key with high bit": {func(r *curveReference) { r.transient.public = highBit(r.transient.public) }, errCurve},
	} {
		t.Run(name, func(t *testing.T) {
			client := newCurveReference(t, k.client, k.server.public)
			c.lie(client)
			curveRefuses(t, k.newServer(t), client.hello(), c.want)
		})
	}
	hello := newCurveReference(t, k.client, k.server.public).hello()
	for at, what := range map[int]string{6: "1.0", 7: "1.0", 8: "zeros", 79: "zeros"} {
		forged := slices.Clone(hello)
		forged[at] ^= 2
		if _, _, err := k.newServer(t).next(forged); !errors.Is(err, errCommand) || !strings.Contains(err.Error(), what) {
			t.Errorf("octet %d: %v", at, err)
		}
	}
}

// lowOrder is a point of order 8: eight times it is nothing, and so is every secret key times it.
func lowOrder() *[32]byte {
	b := []byte{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00}
	return (*[32]byte)(b)
}

// TestCurveBadServer lets the right server give keys that would make the session's key known to everybody.
func TestCurveBadServer(t *testing.T) {
	k := newCurveKeys(t)
	for name, public := range map[string]*[32]byte{
		"zero": new([32]byte), "of order 8": lowOrder(), "with its high bit": highBit(k.server.public),
	} {
		t.Run(name, func(t *testing.T) {
			client, server := k.newClient(t), newCurveReference(t, k.server, nil)
			server.takeHello(t, curveFirst(t, client))
			server.transient.public = public
			curveRefuses(t, client, server.welcome(), errCurve)

			e := k.clientEnd()
			e.security.Server = *public
			if first, err := newCurveEnd[*curveClient](t, e).first(); first != nil || !errors.Is(err, errCurve) {
				t.Errorf("as Security.Server: got %q, %v", first, err)
			}
		})
	}
}

// TestCurveLengths gives lengths that are wrong, behind the right names: of zeros, and of boxes that open.
func TestCurveLengths(t *testing.T) {
	k := newCurveKeys(t)
	talk := newCurveTalk(t, k)
	for _, n := range []int{0, 1, 7, 8, 15, 16, 23, 24, 95, 96, 103, 104, 119, 120, 247, 248, 8000} {
		data := make([]byte, n)
		for name, m := range map[string]mechanism{"HELLO": new(talk.beforeHello), "WELCOME": new(talk.beforeWelcome),
			"INITIATE": new(talk.beforeInitiate), "READY": new(talk.beforeReady)} {
			if _, done, err := m.next(command(name, data)); err == nil || done {
				t.Errorf("%s with %d octets: done %v, %v", name, n, done, err)
			}
		}
		message := binary.BigEndian.AppendUint64([]byte(curveMessage), 1<<40)
		if _, _, err := talk.server.crypt.open(nil, append(message, data...)); err == nil {
			t.Errorf("MESSAGE with %d octets", n)
		}
	}
	for _, n := range []int{0, 1, 32, curveProofSize - 1} {
		client, server := newCurveReference(t, k.client, k.server.public), k.newServer(t)
		client.takeWelcome(t, curveNext(t, server, client.hello(), false))
		curveRefuses(t, server, client.initiateWith(make([]byte, n)), errCommand)
	}
	for _, n := range []int{0, curveCookieSize - 1, curveCookieSize + 1} {
		client, server := k.newClient(t), newCurveReference(t, k.server, nil)
		server.takeHello(t, curveFirst(t, client))
		server.cookie = make([]byte, n)
		curveRefuses(t, client, server.welcome(), errCommand)
	}
}
