//go:build unix

package wireshark_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zproto"
	"github.com/zeromq/gozyre/codecs/zre"
)

// joined is a message of ZRE that everybody understands.
func joined(t *testing.T, group string) []byte {
	t.Helper()
	frame, err := (&zre.Message{ID: zre.IDJoin, Sequence: 7, Group: []byte(group), Status: 1}).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return message(frame)
}

// TestHostile reads what no peer would say. Each time the dissector says what is wrong, takes neither long nor much for
// it, and shows the good message that follows in a packet of its own.
func TestHostile(t *testing.T) {
	hello := func(rest ...byte) []byte { return append([]byte("\xaa\xa1\x01\x02\x00\x01\x00"), rest...) }
	long := func(flags byte, n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{flags}, n) }
	groups := append([]byte{0, 1, 0x86, 0xa1}, make([]byte, 4*100001)...)
	for _, c := range []struct {
		name, fault string
		data        []byte
		goesOn      bool // where the next message begins is known
	}{
		{"a frame of 2^64-1 octets", "4 GiB or more", long(2, 1<<64-1), false},
		{"a frame of 2^63 octets", "4 GiB or more", long(2, 1<<63), false},
		{"a frame of 4 GiB less 1", "more octets than are waited for", long(2, 1<<32-1), false},
		{"a command of 1 GiB", "more octets than are waited for", long(6, 1<<30), false},
		{"frames that add up to too much", "more octets than are waited for", slices.Concat(message(nil)[:0], []byte{1, 1, 'x'}, long(3, 1<<24)), false},
		{"frames without end", "more frames than are looked into", bytes.Repeat([]byte{1, 0}, 1100), false},
		{"flags that nobody knows", "no such flags", []byte{0x78, 1, 1}, false},
		{"a command that more follow", "no such flags", []byte{5, 1, 1}, false},
		{"a command inside of a message", "inside of a message", []byte{1, 0, 4, 5, 4, 'P', 'O', 'N', 'G'}, false},
		{"half a greeting, and no more of one", "neither a frame nor a greeting", append([]byte{0xff}, make([]byte, 20)...), false},
		{"ZMTP 2", "before 3.0", append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5}, make([]byte, 60)...), false},
		{"a command whose name is longer than it", "its name is not whole", []byte{4, 3, 200, 'P', 'I'}, true},
		{"an empty command", "its name is not whole", []byte{4, 0}, true},
		{"properties that are not whole", "not whole", append([]byte{4, 12, 5}, "READY\x03abc\xff\xff"...), true},
		{"2^32-1 groups", "groups: truncated", message(hello(0xff, 0xff, 0xff, 0xff)), true},
		{"a group of 2^31 octets", "groups: truncated", message(hello(0, 0, 0, 1, 0x80, 0, 0, 0)), true},
		{"100,001 groups", "groups: too-many", message(hello(groups...)), true},
		{"2^32-1 headers", "headers: truncated", message(hello(0, 0, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff)), true},
		{"an empty message of ZRE", "id: truncated", message([]byte("\xaa\xa1")), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			pcap := newCapture()
			w := connection(0)
			pcap.tcp(w, 1400, greeting)
			pcap.tcp(w, 60000, c.data)
			if !c.goesOn {
				pcap.tcp(w, 30, bytes.Repeat([]byte("x"), 60)) // which must not be taken for frames
			}
			pcap.tcp(w, 1400, joined(t, "CHAT"))
			got := tshark(t, dissector(t), pcap.data)
			var faults []string
			for _, p := range got {
				faults = append(faults, p.faults()...)
			}
			if len(faults) != 1 || !strings.Contains(faults[0], c.fault) {
				t.Errorf("the dissector says %q, and not %q", faults, c.fault)
			}
			if last := got[len(got)-1]; last.one("zre.group") != "CHAT" || len(last.faults()) > 0 {
				t.Errorf("the good message after it is %q, with %q", last.one("zre.group"), last.faults())
			}
		})
	}
}

// TestMany: of very many messages at once the first ones are shown, and none is lost count of.
func TestMany(t *testing.T) {
	const many = 7000
	pcap, w := newCapture(), connection(0)
	pcap.tcp(w, 1400, greeting)
	pcap.tcp(w, 65000, bytes.Repeat(message([]byte("\xaa\xa1\x06\x02\x00\x01")), many))
	pcap.tcp(w, 1400, joined(t, "CHAT"))
	got := tshark(t, dissector(t), pcap.data)
	for _, p := range got {
		if faults := p.faults(); len(faults) > 0 {
			t.Errorf("faults are %q", faults)
		}
	}
	if n := len(got[1].all("zre.message.id")); n < 1000 || n > many*3/4 {
		t.Errorf("%d of %d messages are shown", n, many)
	}
	if group := got[2].one("zre.group"); group != "CHAT" {
		t.Errorf("the message after them is to %q", group)
	}
}

// TestGarbage reads messages with octets changed, cut, doubled, and noise; nothing may stop the dissector. What it shows in a
// second pass, in which Wireshark jumps about, is what it has shown in the first.
func TestGarbage(t *testing.T) {
	var good [][]byte
	var classes []*zproto.Class
	for c, list := range models(t) {
		classes = append(classes, c)
		for _, v := range list {
			if size := len(slices.Concat(v.frames...)); len(v.frames) > 0 && size < 1000 && len(good) < 4000 {
				good = append(good, message(v.frames...))
			}
		}
	}
	// The seed is fixed, but models come in any order.
	slices.SortFunc(good, bytes.Compare)
	random := rand.New(rand.NewPCG(1, 2))
	pcap := newCapture()
	for i := range 300 {
		w := connection(i)
		pcap.tcp(w, 1400, greeting)
		for range 3 {
			data := slices.Clone(good[random.IntN(len(good))])
			for range random.IntN(4) {
				switch at := random.IntN(len(data)); random.IntN(4) {
				case 0:
					data[at] = byte(random.Uint32())
				case 1:
					data[at] ^= 1 << random.IntN(8)
				case 2:
					data = append(data[:at+1], data[at/2:]...)
				default:
					data = data[:at+1]
				}
			}
			pcap.tcp(w, 1+random.IntN(1400), data)
		}
		if i%10 == 0 {
			noise := make([]byte, 200)
			for i := range noise {
				noise[i] = byte(random.Uint32())
			}
			pcap.tcp(w.back(), 100, noise)
		}
	}
	// Of two models with one signature a second pass knows better.
	slices.SortFunc(classes, func(a, b *zproto.Class) int { return cmp.Or(a.Signature-b.Signature, strings.Compare(a.Name, b.Name)) })
	classes = slices.CompactFunc(classes, func(a, b *zproto.Class) bool { return a.Signature == b.Signature })
	lua, err := zproto.Lua(classes)
	if err != nil {
		t.Fatal(err)
	}
	once, twice := tshark(t, lua, pcap.data), tshark(t, lua, pcap.data, "-2")
	count := 0
	for i, p := range once {
		for _, c := range append(classes, &zproto.Class{Name: "zeromq"}) {
			prefix := strings.TrimSuffix(c.Name, "_msg")
			a, b := p.all(prefix), twice[i].all(prefix)
			if !slices.EqualFunc(a, b, func(a, b field) bool { return a.Name == b.Name && a.Value == b.Value }) {
				t.Fatalf("packet %d is shown otherwise in a second pass:\n%v\n%v", i+1, a, b)
			}
			count += len(a)
		}
	}
	t.Logf("%d packets, %d fields", len(once), count)
	if count < 5000 {
		t.Errorf("there are %d fields only: is the capture read at all?", count)
	}
}

// TestBeginsInTheMiddle: of a capture that has no greeting, the rest of a message is skipped, and what follows is shown. What a
// capture has cut off is said.
func TestBeginsInTheMiddle(t *testing.T) {
	chunk, err := (&zre.Message{ID: zre.IDHello, Endpoint: bytes.Repeat([]byte("e"), 255), Headers: []wire.Pair{{Key: []byte("k"), Value: make([]byte, 3000)}}}).Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	pcap, w := newCapture(), connection(0)
	pcap.tcp(w, 1400, joined(t, "FIRST"))
	pcap.tcp(w.back(), 1400, message(chunk)[1500:])
	pcap.tcp(w.back(), 1400, joined(t, "SECOND"))
	for _, w := range []way{w, connection(1)} {
		cut := len(pcap.data)
		pcap.tcp(w, 1400, joined(t, "CUT"))
		binary.LittleEndian.PutUint32(pcap.data[cut+8:], binary.LittleEndian.Uint32(pcap.data[cut+8:])-4)
		pcap.data = pcap.data[:len(pcap.data)-4]
		pcap.tcp(w, 1400, joined(t, "BEHIND"))
	}
	var groups, faults []string
	for _, p := range tshark(t, dissector(t), pcap.data) {
		if g := p.one("zre.group"); g != "" {
			groups = append(groups, g)
		}
		faults = append(faults, p.faults()...)
	}
	if want := []string{"FIRST", "SECOND", "BEHIND", "BEHIND"}; !slices.Equal(groups, want) {
		t.Errorf("groups are %q, and not %q", groups, want)
	}
	if want := []string{"the rest is missing", "the rest is missing"}; !slices.Equal(faults, want) {
		t.Errorf("faults are %q", faults)
	}
}
