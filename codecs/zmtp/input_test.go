package zmtp

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// script is a connection whose other end says what was written down, in pieces, and hears nothing.
type script struct {
	pieces [][]byte
	heard  bytes.Buffer
}

func (s *script) Read(b []byte) (int, error) {
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, s.pieces[0])
	if s.pieces[0] = s.pieces[0][n:]; len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	return n, nil
}
func (s *script) Write(b []byte) (int, error)      { return s.heard.Write(b) }
func (s *script) Close() error                     { return nil }
func (s *script) LocalAddr() net.Addr              { return inprocAddr("script") }
func (s *script) RemoteAddr() net.Addr             { return inprocAddr("script") }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// pieces cuts octets up, the same way for the same seed.
func pieces(b []byte, seed uint64) (cut [][]byte) {
	r := rand.New(rand.NewPCG(seed, 1))
	for len(b) > 0 {
		n := len(b)
		switch seed % 4 {
		case 0: // all at once
		case 1:
			n = 1
		case 2:
			n = min(n, 1+r.IntN(20))
		default:
			n = min(n, 1+r.IntN(70_000))
		}
		cut, b = append(cut, b[:n]), b[n:]
	}
	return cut
}

// nobody owns a connection that is looked at from inside.
type nobody struct{}

func (nobody) event(*conn) zsock.Event { return zsock.Event{} }
func (nobody) roomMade(*queue)         {}
func (nobody) connEnded(*conn, error)  {}

// hear has a connection read what a script says, and returns what it handed over.
func hear(t testing.TB, opts *options, leftover []byte, says ...[]byte) (events []zsock.Event, stats zsock.Stats, err error) {
	t.Helper()
	open, err := Transport{}.Open(zsock.Options{Inbox: 1 << 20, InboxOctets: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	s := open.(*sockets)
	c := newConn(s, nobody{}, opts, &script{pieces: says}, &admitted{minor: 1, leftover: leftover})
	c.out = &queue{conn: c, maxMessages: 1, maxOctets: 1}
	err = c.receive()
	c.kill(err)
	s.running.Wait()
	return s.inbox.Take(nil), s.Stats(), err
}

// model reads the same octets in the simplest way: messages in full, and whether it has to end with an error.
func model(b []byte, maxMessage int) (messages [][][]byte, dropped int, broken bool) {
	var parts [][]byte
	octets, count := 0, 0
	for len(b) >= 2 {
		flags, size, n := parseHeader(b)
		if n == 0 {
			return messages, dropped, false
		}
		most := uint64(maxMessage)
		if flags&flagCommand != 0 {
			most = maxCommand
		}
		if flags > 7 || flags&5 == 5 || size > most {
			return messages, dropped, true
		}
		if uint64(len(b)-n) < size {
			return messages, dropped, false
		}
		body := b[n : n+int(size)]
		b = b[n+int(size):]
		if flags&flagCommand != 0 {
			name, data, err := parseCommand(body)
			switch {
			case err != nil, name == "ERROR", name == "PING" && (len(data) < 2 || len(data) > 18):
				return messages, dropped, true
			}
			continue
		}
		octets += len(body)
		count++
		parts = append(parts, body)
		if flags&flagMore == 0 {
			if octets > maxMessage || count > zsock.MaxFrames {
				dropped++
			} else {
				messages = append(messages, parts)
			}
			parts, octets, count = nil, 0, 0
		}
	}
	return messages, dropped, false
}

// check has a connection and the model read the same.
func check(t *testing.T, b []byte, maxMessage int, seed uint64, after int) {
	t.Helper()
	want, dropped, broken := model(b, maxMessage)
	at := min(after, len(b))
	events, stats, err := hear(t, &options{kind: zsock.Router, maxMessage: int64(maxMessage), maxFrames: zsock.MaxFrames, reads: true}, bytes.Clone(b[:at]), pieces(b[at:], seed)...)
	if (err != io.EOF) != broken {
		t.Fatalf("the end: got %v, broken: %t", err, broken)
	}
	if len(events) != len(want) {
		t.Fatalf("seed %d, %d octets, at most %d: got %d messages, want %d (%v)", seed, len(b), maxMessage, len(events), len(want), err)
	}
	for i, e := range events {
		if len(e.Frames) != len(want[i]) {
			t.Fatalf("message %d: got %d frames, want %d", i, len(e.Frames), len(want[i]))
		}
		for j, f := range e.Frames {
			if !bytes.Equal(f, want[i][j]) {
				t.Fatalf("message %d, frame %d differs: got %.50q, want %.50q", i, j, f, want[i][j])
			}
			_ = append(f, "overwritten"...) // frames belong to the receiver
		}
	}
	if stats.Dropped != uint64(dropped) {
		t.Fatalf("got %d dropped, want %d", stats.Dropped, dropped)
	}
}

// stream is a conversation of messages of every size.
func stream(seed uint64, octets int) (b []byte) {
	r := rand.New(rand.NewPCG(seed, 2))
	for len(b) < octets {
		switch r.IntN(12) {
		case 0:
			b = appendFrame(b, flagCommand, command("PING", []byte{0, 0}, []byte("context")))
		case 1:
			b = appendFrame(b, flagCommand, command("UNKNOWN", make([]byte, r.IntN(100))))
		default:
			for i, n := 0, r.IntN(5); i <= n; i++ {
				size := []int{0, 1, r.IntN(300), r.IntN(300), r.IntN(3000), r.IntN(300_000)}[r.IntN(6)]
				flags := byte(flagMore)
				if i == n {
					flags = 0
				}
				b = appendFrame(b, flags, bytes.Repeat([]byte{byte('a' + r.IntN(26))}, size))
			}
		}
	}
	return b
}

func TestInput(t *testing.T) {
	for seed := range uint64(24) {
		b := stream(seed, 1<<19)
		if seed%4 == 1 {
			b = b[:1<<14] // octet by octet takes its time
		}
		check(t, b, 1<<20, seed, int(seed)*11)
		check(t, b, 1<<20, seed, len(b))
		check(t, b, 1000, seed, 0)
	}
	var many []byte
	for _, frames := range []int{zsock.MaxFrames, zsock.MaxFrames + 1, 3, 5000, 1} {
		for i := range frames {
			many = appendFrame(many, byte(flagMore*min(1, frames-1-i)), []byte("xyz"))
		}
	}
	for seed := range uint64(4) {
		check(t, many, 1<<20, seed, 0)
	}
}

func FuzzInput(f *testing.F) {
	f.Add(stream(3, 500), uint64(2), uint16(7))
	f.Add([]byte{flagMore, 1, 'a', 0, 0, flagCommand, 5, 4, 'P', 'I', 'N', 'G'}, uint64(1), uint16(0))
	f.Add([]byte{flagLong, 0x80, 0, 0, 0, 0, 0, 0, 0, 1}, uint64(0), uint16(0))
	f.Add(appendFrame(appendFrame(nil, 0, make([]byte, 300)), flagCommand, command("ERROR", []byte{1}, []byte{'x'})), uint64(3), uint16(1))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64, after uint16) {
		check(t, b, 5000, seed, int(after))
	})
}

// TestClaimedLength: a length alone costs no more than what comes with it.
func TestClaimedLength(t *testing.T) {
	open, _ := Transport{}.Open(zsock.Options{})
	s := open.(*sockets)
	opts := &options{kind: zsock.Router, maxMessage: 64 << 20, maxFrames: zsock.MaxFrames, reads: true}
	header := appendHeader(nil, 0, 64<<20)
	c := newConn(s, nobody{}, opts, &script{pieces: [][]byte{header, make([]byte, 100_000)}}, &admitted{minor: 1})
	c.out = &queue{}
	if err := c.receive(); err != io.EOF {
		t.Fatal(err)
	}
	if got := cap(c.in.body); got > 4*100_000 {
		t.Errorf("%d octets were allocated for 100,000 that came", got)
	}
}

func TestCommands(t *testing.T) {
	router := &options{kind: zsock.Router, maxMessage: 1 << 20, maxFrames: zsock.MaxFrames, reads: true}
	for _, c := range []struct {
		command []byte
		want    string // of the error
	}{
		{command("PING", []byte{0, 1}), "EOF"},
		{command("PING", []byte{0, 1}, make([]byte, 16)), "EOF"},
		{command("PONG", []byte("what we said")), "EOF"},
		{command("SUBSCRIBE", []byte("topic")), "EOF"},
		{command("WHATEVER"), "EOF"},
		{command("PING", []byte{0}), "a PING of 1 octets"},
		{command("PING", []byte{0, 1}, make([]byte, 17)), "a PING of 19 octets"},
		{command("ERROR", []byte{3}, []byte("why")), `refused by the other end: "why"`},
		{command("ERROR", []byte{4}, []byte("why")), "an ERROR without a reason"},
		{nil, "it has no name"},
		{[]byte{0}, "it has no name"},
		{[]byte{5, 'P', 'I', 'N', 'G'}, "it has no name"},
		{make([]byte, maxCommand+1), "a frame of 8193 octets: at most 8192 are taken"},
	} {
		_, _, err := hear(t, router, nil, appendFrame(nil, flagCommand, c.command))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.30q: got %v, want %q", c.command, err, c.want)
		}
	}
}

// TestPong: a PING is answered with its context, and a flood of them with what fits.
func TestPong(t *testing.T) {
	open, _ := Transport{}.Open(zsock.Options{})
	s := open.(*sockets)
	says := &script{pieces: [][]byte{bytes.Repeat(appendFrame(nil, flagCommand, command("PING", []byte{0, 0}, []byte("abc"))), 1000)}}
	c := newConn(s, nobody{}, &options{kind: zsock.Router, maxMessage: 1 << 20, maxFrames: zsock.MaxFrames}, says, &admitted{minor: 1})
	c.out = &queue{conn: c}
	c.out.mu.Lock() // the writer does not get on
	c.writing = true
	c.out.mu.Unlock()
	c.receive()
	pong := appendFrame(nil, flagCommand, command("PONG", []byte("abc")))
	if len(c.control) > maxControl || !bytes.HasPrefix(c.control, pong) {
		t.Errorf("%d octets wait: %.40q", len(c.control), c.control)
	}
	s.running.Add(1)
	c.write()
	if !bytes.HasPrefix(says.heard.Bytes(), pong) {
		t.Errorf("the other end heard %.40q", says.heard.Bytes())
	}
}

func TestSubscriptions(t *testing.T) {
	pub := &options{kind: zsock.Pub, maxMessage: 1 << 20, maxFrames: zsock.MaxFrames}
	open, _ := Transport{}.Open(zsock.Options{})
	s := open.(*sockets)
	var b []byte
	b = appendSubscription(b, []byte("old"), 0)
	b = appendSubscription(b, []byte("new"), 1)
	b = appendSubscription(b, []byte("gone"), 1)
	b = appendFrame(b, flagCommand, command("CANCEL", []byte("gone")))
	b = appendFrame(b, 0, []byte("\x00old, but never subscribed to"))
	b = appendFrame(b, 0, []byte("\x07neither"))
	b = appendFrame(appendFrame(b, flagMore, []byte("\x01part")), 0, nil)
	c := newConn(s, nobody{}, pub, &script{pieces: pieces(b, 2)}, &admitted{minor: 1})
	if err := c.receive(); err != io.EOF {
		t.Fatal(err)
	}
	for first, want := range map[string]bool{"old": true, "older": true, "news": true, "ol": false, "gone": false, "neither": false, "part": false, "": false} {
		if got := c.topics.match([]byte(first)); got != want {
			t.Errorf("%q: got %t", first, got)
		}
	}
	if got := s.Stats().Dropped; got != 2 {
		t.Errorf("%d dropped, want 2", got)
	}
	_, _, err := hear(t, pub, nil, bytes.Repeat(appendSubscription(nil, []byte("x"), 1), maxTopics+1))
	if err == nil || !strings.Contains(err.Error(), "subscribes to too much") {
		t.Errorf("too many: %v", err)
	}
	_, _, err = hear(t, pub, nil, bytes.Repeat(appendSubscription(nil, make([]byte, 5000), 0), 20))
	if err == nil || !strings.Contains(err.Error(), "subscribes to too much") {
		t.Errorf("too long: %v", err)
	}
}

// xor is a cipher that a child could break.
type xor struct{}

func (xor) overhead() int { return 9 }
func (xor) seal(dst []byte, flags byte, body []byte) []byte {
	dst = append(dst, "secretly"...)
	dst = append(dst, flags)
	for _, b := range body {
		dst = append(dst, b^0x55)
	}
	return dst
}
func (xor) open(dst, body []byte) ([]byte, byte, error) {
	if !bytes.HasPrefix(body, []byte("secretly")) || len(body) < 9 {
		return dst, 0, errors.New("no secret")
	}
	for _, b := range body[9:] {
		dst = append(dst, b^0x55)
	}
	return dst, body[8], nil
}

// TestCipher: what one connection seals another opens, message by message.
func TestCipher(t *testing.T) {
	open, _ := Transport{}.Open(zsock.Options{Inbox: 1 << 20, InboxOctets: 1 << 30})
	s := open.(*sockets)
	opts := &options{kind: zsock.Router, maxMessage: 1 << 20, maxFrames: zsock.MaxFrames, reads: true}
	for seed := range uint64(8) {
		plain := stream(seed, 1<<17)
		wire := &script{}
		writer := newConn(s, nobody{}, opts, wire, &admitted{minor: 1, cipher: xor{}})
		if _, err := writer.transmit(plain); err != nil {
			t.Fatal(err)
		}
		reader := newConn(s, nobody{}, opts, &script{pieces: pieces(wire.heard.Bytes(), 2+seed%2)}, &admitted{minor: 1, cipher: xor{}})
		reader.out = &queue{conn: reader}
		if err := reader.receive(); err != io.EOF {
			t.Fatal(err)
		}
		s.running.Wait()
		want, _, _ := model(plain, 1<<20)
		got := s.inbox.Take(nil)
		if len(got) != len(want) {
			t.Fatalf("got %d messages, want %d", len(got), len(want))
		}
		for i := range got {
			if !slices.EqualFunc(got[i].Frames, want[i], bytes.Equal) {
				t.Fatalf("message %d differs", i)
			}
		}
	}
	clear := appendFrame(nil, 0, []byte("in the clear"))
	c := newConn(s, nobody{}, opts, &script{pieces: [][]byte{clear}}, &admitted{minor: 1, cipher: xor{}})
	if err := c.receive(); err == nil || err.Error() != "no secret" {
		t.Errorf("got %v", err)
	}
}
