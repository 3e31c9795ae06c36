package fmq

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/server"
)

// files.md: C filemq's server sends without credit, and never comes to read what credit it is given.
func TestNoCreditNothingIsSent(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "empty", "")
	put(t, dir, "full", "0123456789")
	c := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
	c.open("/", resync)
	c.credit(0)
	if m, ok := c.hearWithin(300 * time.Millisecond); ok {
		t.Fatalf("without credit comes %s", m.ID)
	}
	// An empty chunk costs nothing but needs some. Then as much as there is, in pieces if need be.
	c.credit(1)
	if name, _ := c.file(); name != "/empty" {
		t.Fatalf("got %s", name)
	}
	var got []byte
	for range 10 {
		if len(got) > 0 {
			c.credit(1)
		}
		m := c.expect(fmq.IDCheezburger)
		got = append(got, m.Chunk...)
		if len(m.Chunk) != 1 {
			t.Fatalf("got %d octets for a credit of 1", len(m.Chunk))
		}
	}
	if m, ok := c.hearWithin(100 * time.Millisecond); ok {
		t.Fatalf("without credit comes the end, %s", m.ID)
	}
	c.credit(1)
	if m := c.expect(fmq.IDCheezburger); string(got) != "0123456789" || m.Eof != 1 {
		t.Fatalf("got %q and %+v", got, m)
	}
}

// files.md: C filemq adds credit unchecked: what is above 2^64 begins anew at 0.
func TestCreditOverflow(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "f", strings.Repeat("x", 3000))
	c := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
	c.open("/")
	c.credit(math.MaxUint64)
	c.credit(1) // unchecked, the sum is 0
	put(t, dir, "g", strings.Repeat("x", 3000))
	if _, content := c.file(); len(content) != 3000 {
		t.Fatalf("got %d octets", len(content))
	}
}

// A client that gives boundless credit and does not read must not make the server grow; another one gets everything meanwhile.
func TestSlowClientNeitherGrowsTheServerNorStopsOthers(t *testing.T) {
	dir := t.TempDir()
	sparse(t, dir, "big", 200<<20)
	s := listen(t, ServerConfig{}, dir)
	slow, quick := newRaw(t, s.Endpoint()), newRaw(t, s.Endpoint())
	slow.open("/", resync) // and from now on its inbox fills: 16 MB
	slow.credit(math.MaxUint64)
	quick.open("/", resync)
	const window = 4_000_000
	quick.credit(window)
	for offset := uint64(0); ; {
		m := quick.expect(fmq.IDCheezburger)
		offset += uint64(len(m.Chunk))
		if m.Eof == 1 {
			if offset != 200<<20 {
				t.Fatalf("got %d octets", offset)
			}
			break
		}
		quick.credit(uint64(len(m.Chunk)))
	}
	// What the slow one took: its inbox, what the system keeps, and about a megabyte here.
	if st := s.Stats(); st.Octets > 300<<20 {
		t.Errorf("%d octets were sent to two clients of which one reads", st.Octets)
	}
}

// files.md: of two files of 6,000,001 octets C filemq's server sends the first, and of the second nothing, to a client that has the habits of its
// own one: it begins with a credit of 5,000,000, and gives 1,000,000 more when it falls below 4,000,001.
func TestTwoFilesAboveTheWindow(t *testing.T) {
	const size, slice, least = 6_000_001, 1_000_000, 4_000_001
	dir := t.TempDir()
	c := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
	c.open("/")
	credit := 5 * slice
	c.credit(uint64(credit))
	want := map[string]string{}
	for i := range 2 {
		name, text := fmt.Sprint("f", i), strings.Repeat(random(1000+i), size/1000+1)[:size]
		put(t, dir, name, text)
		want["/"+name] = text
	}
	got := map[string][]byte{}
	for range want {
		for eof := false; !eof; {
			m := c.expect(fmq.IDCheezburger)
			name := string(m.Filename)
			if m.Offset != uint64(len(got[name])) {
				t.Fatalf("%s: got offset %d, want %d", name, m.Offset, len(got[name]))
			}
			got[name] = append(got[name], m.Chunk...)
			if credit -= len(m.Chunk); credit < 0 {
				t.Fatal("there was no credit for that")
			}
			for credit < least {
				c.credit(slice)
				credit += slice
			}
			eof = m.Eof == 1
		}
	}
	for name, text := range want {
		if string(got[name]) != text {
			t.Errorf("%s: got %d octets, or others", name, len(got[name]))
		}
	}
}

// files.md: the first octet of 1 GiB comes after 2.9 s, for C filemq's server digests the whole file first; and it reads 1 MB and throws it away when
// there is no credit. Here it reads what it sends.
func TestNothingIsReadBeforeItIsSent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how much a process has read")
	}
	dir := t.TempDir()
	sparse(t, dir, "big", 1<<30)
	c := newRaw(t, listen(t, ServerConfig{}, dir).Endpoint())
	before := octetsRead(t)
	c.open("/", resync)
	for range 10 {
		c.credit(1000)
		for got := 0; got < 1000; {
			got += len(c.expect(fmq.IDCheezburger).Chunk)
		}
	}
	if read := octetsRead(t) - before; read > 500_000 {
		t.Errorf("%d octets were read to send 10,000", read)
	}
}

// sparse makes an old file without content.
func sparse(t *testing.T, dir, name string, size int64) {
	t.Helper()
	file := put(t, dir, name, "")
	before := time.Now().Add(-time.Hour)
	if err := os.Truncate(file, size); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, before, before); err != nil {
		t.Fatal(err)
	}
}

// Clients that wait for each other get parts in turn, however large the files and the credit are.
func TestClientsTakeTurns(t *testing.T) {
	const size = 40 << 20
	dir := t.TempDir()
	sparse(t, dir, "big", size)
	s := listen(t, ServerConfig{}, dir)
	slots := make(chan struct{}, 1)
	slots <- struct{}{} // nobody's turn for now
	type message struct {
		peer   string
		octets int
	}
	sent, turns := make(chan message, 10_000), make(chan uint64, 10_000)
	s.do(func(time.Time) []machine.Effect {
		over := s.sender.over
		s.sender.slots = slots
		s.sender.over = func(t *server.Turn) { turns <- t.Used; over(t) }
		s.sender.transmit = func(peer []byte, frames [][]byte) error { // a way that is never full
			sent <- message{string(peer), len(frames[0])}
			return nil
		}
		return nil
	})
	for range 2 {
		c := newRaw(t, s.Endpoint())
		c.open("/", resync)
		c.credit(math.MaxUint64)
		c.say(fmq.Message{ID: fmq.IDHugz})
		c.expect(fmq.IDHugzOK) // its turn has begun, and waits
	}
	<-slots
	octets := map[string]int{}
	for peer := ""; octets[peer] < size; { // up to the end of one of them
		m := <-sent
		peer = m.peer
		octets[peer] += m.octets
		for len(turns) > 0 {
			if used := <-turns; used > turnOctets+chunkOctets {
				t.Fatalf("a turn of %d octets", used)
			}
		}
	}
	for peer, n := range octets {
		if n < turnOctets || len(octets) != 2 {
			t.Errorf("%X got %d octets, until one of the two had all", peer, n)
		}
	}
}
