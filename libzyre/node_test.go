package zyre_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

func ExampleStart() {
	ctx := context.Background()
	local := zyre.Config{Interfaces: []string{zyre.Loopback()}, Port: 45670} // a network of our own
	bob := local
	local.Name, bob.Name = "alice", "bob"
	a, err := zyre.Start(ctx, local)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer a.Close()
	b, err := zyre.Start(ctx, bob)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	b.Join("CHAT")
	for e := range a.Events() {
		if e.Type == zyre.Join {
			a.Shout(e.Group, []byte("hello"))
			break
		}
	}
	for e := range b.Events() {
		if e.Type == zyre.Shout {
			fmt.Printf("%s: %s\n", e.Name, e.Msg[0])
			break
		}
	}
	// Output: alice: hello
}

// Everything that two nodes can say to each other, as each is told it.
func TestConversation(t *testing.T) {
	cfg := config(t)
	cfg.Name = "alice"
	cfg.Headers = map[string]string{"X-CITY": "Ghent", "X-LONG": strings.Repeat("ü", 150)}
	alice := zyretest.Start(t, cfg)
	if err := alice.Join("EARLY"); err != nil {
		t.Fatal(err)
	}
	cfg.Name, cfg.Headers = "bob", nil
	bob := zyretest.Start(t, cfg)

	e := zyretest.Next(t, bob, zyre.Enter)
	if e.Name != "alice" || e.Peer != alice.UUID() || e.Headers["X-CITY"] != "Ghent" || len(e.Headers["X-LONG"]) != 300 || !strings.HasPrefix(e.Addr, "tcp://127.0.0.1:") || e.Time.IsZero() {
		t.Fatalf("%+v", e)
	}
	if e := zyretest.Next(t, bob, zyre.Join); e.Group != "EARLY" {
		t.Fatalf("%+v", e)
	}
	zyretest.Next(t, alice, zyre.Enter)

	for _, group := range []string{"CHAT", "chat", "ü \xff"} {
		if err := bob.Join(group); err != nil {
			t.Fatal(err)
		}
		if e := zyretest.Next(t, alice, zyre.Join); e.Group != group || e.Name != "bob" {
			t.Fatalf("%+v", e)
		}
	}
	for _, msg := range [][][]byte{nil, {[]byte("one")}, {[]byte("one"), nil, []byte("three")}, {bytes.Repeat([]byte("x"), 1<<20)}} {
		if err := alice.Whisper(bob.UUID(), msg...); err != nil {
			t.Fatal(err)
		}
		if e := zyretest.Next(t, bob, zyre.Whisper); !slices.EqualFunc(e.Msg, msg, bytes.Equal) || e.Peer != alice.UUID() {
			t.Fatalf("%v", e)
		}
		if err := alice.Shout("CHAT", msg...); err != nil {
			t.Fatal(err)
		}
		if e := zyretest.Next(t, bob, zyre.Shout); !slices.EqualFunc(e.Msg, msg, bytes.Equal) || e.Group != "CHAT" {
			t.Fatalf("%v", e)
		}
	}
	if got := alice.Peers(); len(got) != 1 || got[0].Name != "bob" || !slices.Equal(got[0].Groups, []string{"CHAT", "chat", "ü \xff"}) {
		t.Fatalf("%+v", got)
	}
	if len(alice.PeersIn("CHAT")) != 1 || len(alice.PeersIn("Chat")) != 0 || !slices.Equal(alice.Groups(), []string{"EARLY"}) {
		t.Fatal("groups are not what they were said to be")
	}
	if d, err := alice.Ping(t.Context(), bob.UUID()); err != nil || d <= 0 {
		t.Fatal(d, err)
	}
	if err := bob.Leave("CHAT"); err != nil {
		t.Fatal(err)
	}
	if e := zyretest.Next(t, alice, zyre.Leave); e.Group != "CHAT" {
		t.Fatalf("%+v", e)
	}
	if err := bob.Close(); err != nil {
		t.Fatal(err)
	}
	if e := zyretest.Next(t, alice, zyre.Exit); !errors.Is(e.Cause, zyre.ErrGoodbye) {
		t.Fatalf("%+v", e)
	}
	if err := alice.Whisper(bob.UUID()); !errors.Is(err, zyre.ErrUnknownPeer) {
		t.Fatal(err)
	}
}

// A slow reader loses nothing, and holds no more than it was told to.
func TestSlowReader(t *testing.T) {
	cfg := config(t)
	sender := zyretest.Start(t, cfg)
	cfg.Queue = 100
	reader := zyretest.Start(t, cfg)
	zyretest.Next(t, sender, zyre.Enter)
	zyretest.Next(t, reader, zyre.Enter)
	const count = 20_000
	go func() {
		for i := range count {
			if err := sender.Whisper(reader.UUID(), fmt.Append(nil, i), make([]byte, 1000)); err != nil {
				t.Error(i, err)
				return
			}
		}
	}()
	for i := range count {
		e := zyretest.Next(t, reader, zyre.Whisper)
		if string(e.Msg[0]) != fmt.Sprint(i) {
			t.Fatalf("message %s in place of %d", e.Msg[0], i)
		}
		if i%5000 == 0 {
			if held := reader.Stats().Events; held > 2*cfg.Queue {
				t.Fatalf("%d events are held", held)
			}
		}
	}
}

// After the end every method says so, and the event stream is closed.
func TestClosed(t *testing.T) {
	nodes := cluster(t, 2)
	if err := nodes[0].Err(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := nodes[0].Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, ping := nodes[0].Ping(t.Context(), nodes[1].UUID())
	for _, err := range []error{nodes[0].Join("x"), nodes[0].Leave("x"), nodes[0].Shout("x"), nodes[0].Whisper(nodes[1].UUID()), ping} {
		if !errors.Is(err, zyre.ErrClosed) {
			t.Error(err)
		}
	}
	if nodes[0].Peers() != nil || nodes[0].Groups() != nil || nodes[0].Err() != nil || nodes[0].Stats().Received != 0 {
		t.Error("a closed node knows something")
	}
	var last zyre.Event
	for e := range nodes[0].Events() {
		last = e
	}
	if last.Type != zyre.Stop {
		t.Errorf("the last event is %v", last)
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	node, err := zyre.Start(ctx, config(t))
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	cancel(enough)
	if e := zyretest.Next(t, node, zyre.Stop); e.Cause != enough {
		t.Fatal(e.Cause)
	}
	node.Close()
	if node.Err() != enough {
		t.Fatal(node.Err())
	}
}

// What makes no sense is refused before anything is sent.
func TestInvalid(t *testing.T) {
	long := strings.Repeat("x", 256)
	for want, change := range map[string]func(*zyre.Config){
		"name has 256 octets":   func(c *zyre.Config) { c.Name = long },
		"NUL":                   func(c *zyre.Config) { c.Name = "a\x00b" },
		"key has 256 octets":    func(c *zyre.Config) { c.Headers = map[string]string{long: ""} },
		"key is empty":          func(c *zyre.Config) { c.Headers = map[string]string{"": "x"} },
		"value of 65536 octets": func(c *zyre.Config) { c.Headers = map[string]string{"X": strings.Repeat("x", 65536)} },
		"no-such-interface":     func(c *zyre.Config) { c.Interfaces = []string{"no-such-interface"} },
		"longer than Evasive":   func(c *zyre.Config) { c.Evasive, c.Expired = time.Second, time.Second },
		"Interval is -1s":       func(c *zyre.Config) { c.Interval = -time.Second },
		"Queue (-1)":            func(c *zyre.Config) { c.Queue = -1 },
		"HighWater (-1)":        func(c *zyre.Config) { c.HighWater = -1 },
	} {
		cfg := config(t)
		change(&cfg)
		node, err := zyre.Start(t.Context(), cfg)
		if err == nil {
			node.Close()
		}
		if !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	nodes := cluster(t, 2)
	to := nodes[1].UUID()
	for what, err := range map[string]error{
		"empty group":      nodes[0].Join(""),
		"long group":       nodes[0].Join(long),
		"NUL in group":     nodes[0].Join("a\x00"),
		"leave long group": nodes[0].Leave(long),
		"shout long group": nodes[0].Shout(long),
		"many frames":      nodes[0].Whisper(to, make([][]byte, 1001)...),
		"much":             nodes[0].Whisper(to, make([]byte, 64<<20+1)),
	} {
		if !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := nodes[0].Whisper(zyre.NewUUID()); !errors.Is(err, zyre.ErrUnknownPeer) {
		t.Error(err)
	}
}

// A UDP port that a program holds which does not share it.
func TestPortTaken(t *testing.T) {
	conn, err := net.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cfg := config(t)
	cfg.Port = uint16(conn.LocalAddr().(*net.UDPAddr).Port)
	_, err = zyre.Start(t.Context(), cfg)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(cfg.Port)) {
		t.Fatal(err)
	}
	t.Log(err)
}

func TestUUID(t *testing.T) {
	id := zyre.NewUUID()
	for _, text := range []string{id.String(), strings.ToLower(id.String())} {
		if got, err := zyre.ParseUUID(text); err != nil || got != id {
			t.Error(got, err)
		}
	}
	for _, text := range []string{"", "x", id.String()[1:], "{" + id.String() + "}", "urn:uuid:" + id.String()} {
		if _, err := zyre.ParseUUID(text); !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A slow reader of large messages holds octets, not only events, within bounds.
func TestSlowReaderOfMuch(t *testing.T) {
	cfg := config(t)
	cfg.HighWater, cfg.SendTimeout = 4, zyretest.Deadline
	sender := zyretest.Start(t, cfg)
	reader := zyretest.Start(t, cfg)
	zyretest.Next(t, sender, zyre.Enter)
	zyretest.Next(t, reader, zyre.Enter)
	const count, size = 200, 1 << 20
	go func() {
		for i := range count {
			if err := sender.Whisper(reader.UUID(), fmt.Append(nil, i), make([]byte, size)); err != nil {
				t.Error(i, err)
				return
			}
		}
	}()
	// Nothing moves any more: then as much is held as ever will be.
	for sent := uint64(0); sent == 0 || sent != sender.Stats().Sent; {
		sent = sender.Stats().Sent
		<-time.After(200 * time.Millisecond)
	}
	if held := reader.Stats().Events; held > 40 { // 16 MiB in the queue, 16 events in the channel
		t.Fatalf("%d events of 1 MiB are held", held)
	}
	for i := range count {
		if e := zyretest.Next(t, reader, zyre.Whisper); string(e.Msg[0]) != fmt.Sprint(i) {
			t.Fatalf("message %s in place of %d", e.Msg[0], i)
		}
	}
}

// Whoever does not read has room in its peers' queues all the same: what it says
// is not held back by what it is told.
func TestSlowReaderSpeaks(t *testing.T) {
	cfg := config(t)
	cfg.HighWater, cfg.Queue, cfg.SendTimeout = 10, 10, zyretest.Deadline
	speaker := zyretest.Start(t, cfg)
	cfg.Queue = 1000
	listener := zyretest.Start(t, cfg)
	zyretest.Next(t, speaker, zyre.Enter)
	zyretest.Next(t, listener, zyre.Enter)
	for i := range 100 { // the speaker reads none of these
		if err := listener.Whisper(speaker.UUID(), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	const count = 5000
	go func() {
		for i := range count {
			if err := speaker.Whisper(listener.UUID(), fmt.Append(nil, i), make([]byte, 1000)); err != nil {
				t.Error(i, err)
				return
			}
		}
	}()
	for i := range count {
		if e := zyretest.Next(t, listener, zyre.Whisper); string(e.Msg[0]) != fmt.Sprint(i) {
			t.Fatalf("message %s in place of %d", e.Msg[0], i)
		}
	}
}

// Close does not wait for a reader who takes his time: not for each event, but once.
func TestCloseWithSlowReader(t *testing.T) {
	cfg := config(t)
	sender := zyretest.Start(t, cfg)
	reader := zyretest.Start(t, cfg)
	zyretest.Next(t, sender, zyre.Enter)
	zyretest.Next(t, reader, zyre.Enter)
	const count = 500
	for i := range count {
		if err := sender.Whisper(reader.UUID(), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	for reader.Stats().Received < count {
		runtime.Gosched()
	}
	read, closed := 0, make(chan struct{})
	go func() {
		defer close(closed)
		reader.Close()
	}()
	for range reader.Events() { // an event each 20 ms: ten seconds for all
		if read++; read == count {
			t.Fatal("Close waited until the last event was read")
		}
		select {
		case <-closed:
		case <-time.After(20 * time.Millisecond):
		}
	}
	<-closed
}
