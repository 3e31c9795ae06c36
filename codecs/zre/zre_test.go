package zre_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
)

// vector is a line of testdata/vectors.txt: what another implementation puts on the wire.
type vector struct {
	name   string
	frames [][]byte
}

func vectors(tb testing.TB) []vector {
	tb.Helper()
	data, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		tb.Fatal(err)
	}
	var list []vector
	for scan := bufio.NewScanner(bytes.NewReader(data)); scan.Scan(); {
		parts := strings.Split(scan.Text(), "|")
		v := vector{name: strings.TrimSpace(strings.TrimPrefix(parts[0], "ZRE2"))}
		for _, part := range parts[1:] {
			frame, err := hex.DecodeString(strings.TrimSpace(part))
			if err != nil {
				tb.Fatalf("%s: %v", v.name, err)
			}
			v.frames = append(v.frames, frame)
		}
		list = append(list, v)
	}
	if len(list) != 11 {
		tb.Fatalf("there are %d vectors, not 11", len(list))
	}
	return list
}

// equal compares messages; nil and empty are the same.
func equal(a, b *zre.Message) bool {
	pair := func(a, b wire.Pair) bool { return bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Value, b.Value) }
	return a.ID == b.ID && a.Sequence == b.Sequence && a.Status == b.Status &&
		bytes.Equal(a.Endpoint, b.Endpoint) && bytes.Equal(a.Name, b.Name) && bytes.Equal(a.Group, b.Group) &&
		bytes.Equal(a.ChallengerID, b.ChallengerID) && bytes.Equal(a.LeaderID, b.LeaderID) &&
		slices.EqualFunc(a.Groups, b.Groups, bytes.Equal) && slices.EqualFunc(a.Content, b.Content, bytes.Equal) &&
		slices.EqualFunc(a.Headers, b.Headers, pair)
}

// What the vectors hold, in their order.
func meanings() []zre.Message {
	return []zre.Message{
		{
			ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://127.0.0.1:49152"),
			Groups: [][]byte{[]byte("CHAT"), []byte("GLOBAL")}, Status: 2, Name: []byte("node"),
			Headers: []wire.Pair{{Key: []byte("X-HELLO"), Value: []byte("World")}},
		},
		{ID: zre.IDWhisper, Sequence: 1, Content: content()},
		{ID: zre.IDShout, Sequence: 1, Group: []byte("CHAT"), Content: content()},
		{ID: zre.IDJoin, Sequence: 1, Group: []byte("CHAT"), Status: 2},
		{ID: zre.IDLeave, Sequence: 1, Group: []byte("CHAT"), Status: 2},
		{ID: zre.IDPing, Sequence: 1},
		{ID: zre.IDPingOK, Sequence: 1},
		{ID: zre.IDElect, Sequence: 1, Group: []byte("CHAT"), ChallengerID: []byte("C1")},
		{ID: zre.IDLeader, Sequence: 1, Group: []byte("CHAT"), LeaderID: []byte("L1")},
		{ID: zre.IDGoodbye, Sequence: 1},
		{ID: zre.IDWhisper, Sequence: 1},
	}
}

func TestVectors(t *testing.T) {
	want := meanings()
	var m zre.Message // one for all, as a reader uses it
	for i, v := range vectors(t) {
		if err := m.Parse(v.frames); err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		if !equal(&m, &want[i]) {
			t.Errorf("%s: got %+v, want %+v", v.name, m, want[i])
		}
		if name, _, _ := strings.Cut(v.name, "("); strings.ReplaceAll(name, "_", "-") != m.ID.String() {
			t.Errorf("%s has the name %s", v.name, m.ID)
		}
		for _, m := range []*zre.Message{&m, &want[i]} {
			first, err := m.Append([]byte("before"))
			if err != nil {
				t.Errorf("%s: %v", v.name, err)
			}
			got := m.AppendRest([][]byte{bytes.TrimPrefix(first, []byte("before"))})
			if !slices.EqualFunc(got, v.frames, bytes.Equal) {
				t.Errorf("%s: got %x, want %x", v.name, got, v.frames)
			}
		}
	}
}

func TestVectorsCutAndExtended(t *testing.T) {
	for _, v := range vectors(t) {
		first, rest := v.frames[0], v.frames[1:]
		var m zre.Message
		for n := range len(first) {
			err := m.Parse(slices.Concat([][]byte{first[:n]}, rest))
			want := wire.ErrTruncated
			if n < 2 {
				want = wire.ErrSignature
			}
			if !errors.Is(err, want) {
				t.Errorf("%s cut to %d octets: got %v, want %v", v.name, n, err, want)
			}
		}
		long := append(slices.Clone(first), 0)
		if err := m.Parse(slices.Concat([][]byte{long}, rest)); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("%s with an octet more: got %v, want %v", v.name, err, wire.ErrTrailing)
		}
		if err := m.Parse(nil); !errors.Is(err, wire.ErrMissingFrame) {
			t.Errorf("no frames: got %v, want %v", err, wire.ErrMissingFrame)
		}
		err := m.Parse(append(slices.Clone(v.frames), nil))
		hasContent := m.ID == zre.IDWhisper || m.ID == zre.IDShout
		if hasContent && err != nil || !hasContent && !errors.Is(err, wire.ErrExtraFrame) {
			t.Errorf("%s with a frame more: got %v", v.name, err)
		}
	}
}

// TestRefused has one message for each way in which a message can be wrong.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      error
		message   string // how the error begins
	}{
		{"signature of FILEMQ", "aaa306020001", wire.ErrSignature, "message signature, octet 0:"},
		{"empty frame", "", wire.ErrSignature, "message signature, octet 0:"},
		{"version 1", "aaa106010001", wire.ErrVersion, "message version, octet 4:"},
		{"version 3, id not known", "aaa1ff030001", wire.ErrVersion, "message version, octet 4:"},
		{"id not known", "aaa10b020001", wire.ErrUnknownID, "ID(11) id, octet 6:"},
		{"id 0", "aaa100020001", wire.ErrUnknownID, "ID(0) id, octet 6:"},
		{"id not known, no sequence", "aaa10b0200", wire.ErrTruncated, "message sequence, octet 4:"},
		{"octet after PING", "aaa10602000100", wire.ErrTrailing, "PING, octet 6:"},
		{"group longer than the frame", "aaa10402000106434841540a", wire.ErrTruncated, "JOIN group, octet 6:"},
		{"NUL in group", "aaa1040200010443004154" + "02", wire.ErrNUL, "JOIN group, octet 11:"},
		{"NUL in name", "aaa101020001" + "00" + "00000000" + "02" + "0100" + "00000000", wire.ErrNUL, "HELLO name,"},
		{"NUL in a group of HELLO", "aaa101020001" + "00" + "0000000100000001" + "00" + "02" + "00" + "00000000", wire.ErrNUL, "HELLO groups,"},
		{"NUL in a header's key", "aaa101020001" + "00" + "00000000" + "02" + "00" + "00000001" + "0100" + "00000000", wire.ErrNUL, "HELLO headers,"},
		{"2^32-1 groups", "aaa101020001" + "00" + "ffffffff" + "0000000000", wire.ErrTruncated, "HELLO groups, octet 7:"},
		{"2^31 groups", "aaa101020001" + "00" + "80000000" + "0000000000", wire.ErrTruncated, "HELLO groups, octet 7:"},
		{"2 groups where 1 has room", "aaa101020001" + "00" + "00000002" + "00000000000000", wire.ErrTruncated, "HELLO groups, octet 7:"},
		{"group of 2^32-1 octets", "aaa101020001" + "00" + "00000001" + "ffffffff" + "02" + "00" + "00000000", wire.ErrTruncated, "HELLO groups,"},
		{"2^32-1 headers", "aaa101020001" + "00" + "00000000" + "02" + "00" + "ffffffff", wire.ErrTruncated, "HELLO headers, octet 13:"},
	} {
		frame, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var m zre.Message
		err = m.Parse([][]byte{frame})
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.message) {
			t.Errorf("%s: got %v, want %s %v", c.name, err, c.message, c.want)
		}
	}
}

// A message that a newer peer may have still has its place in the sequence.
func TestUnknownIDTellsSequence(t *testing.T) {
	var m zre.Message
	err := m.Parse([][]byte{{0xAA, 0xA1, 200, 2, 0x12, 0x34, 1, 2, 3}, nil, nil})
	if !errors.Is(err, wire.ErrUnknownID) || m.ID != 200 || m.Sequence != 0x1234 {
		t.Errorf("got %v, id %d, sequence %#x", err, m.ID, m.Sequence)
	}
}

// Names may be any octets but NUL, and values and endpoint any octets at all.
func TestTextIsOctets(t *testing.T) {
	odd := []byte("\xff\xfe spaces, ünïcode\n")
	m := zre.Message{
		ID: zre.IDHello, Endpoint: []byte("a\x00b"), Groups: [][]byte{odd, {}}, Name: odd,
		Headers: []wire.Pair{{Key: odd, Value: []byte("\x00\x00")}, {Key: odd}, {}},
	}
	first, err := m.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got zre.Message
	if err := got.Parse([][]byte{first}); err != nil || !equal(&got, &m) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 256)
	nul := []byte("a\x00b")
	for _, c := range []struct {
		m     zre.Message
		want  error
		place string
	}{
		{zre.Message{}, wire.ErrUnknownID, "ID(0) id: "},
		{zre.Message{ID: 11}, wire.ErrUnknownID, "ID(11) id: "},
		{zre.Message{ID: zre.IDHello, Endpoint: long}, wire.ErrTooLong, "HELLO endpoint: "},
		{zre.Message{ID: zre.IDHello, Name: long}, wire.ErrTooLong, "HELLO name: "},
		{zre.Message{ID: zre.IDHello, Name: nul}, wire.ErrNUL, "HELLO name: "},
		{zre.Message{ID: zre.IDHello, Groups: [][]byte{long, nul}}, wire.ErrNUL, "HELLO groups: "},
		{zre.Message{ID: zre.IDHello, Headers: []wire.Pair{{}, {Key: long}}}, wire.ErrTooLong, "HELLO headers: "},
		{zre.Message{ID: zre.IDHello, Headers: []wire.Pair{{}, {Key: nul}}}, wire.ErrNUL, "HELLO headers: "},
		{zre.Message{ID: zre.IDShout, Group: long}, wire.ErrTooLong, "SHOUT group: "},
		{zre.Message{ID: zre.IDShout, Group: nul}, wire.ErrNUL, "SHOUT group: "},
		{zre.Message{ID: zre.IDJoin, Group: long}, wire.ErrTooLong, "JOIN group: "},
		{zre.Message{ID: zre.IDLeave, Group: nul}, wire.ErrNUL, "LEAVE group: "},
		{zre.Message{ID: zre.IDElect, Group: nul}, wire.ErrNUL, "ELECT group: "},
		{zre.Message{ID: zre.IDElect, ChallengerID: long}, wire.ErrTooLong, "ELECT challenger-id: "},
		{zre.Message{ID: zre.IDLeader, LeaderID: long}, wire.ErrTooLong, "LEADER leader-id: "},
	} {
		got, err := c.m.Append([]byte("before"))
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.place) {
			t.Errorf("got %v, want %s%v", err, c.place, c.want)
		}
		if string(got) != "before" {
			t.Errorf("%v: dst came back as %q", err, got)
		}
	}
	// 255 octets fit.
	m := zre.Message{ID: zre.IDJoin, Group: long[:255]}
	if _, err := m.Append(nil); err != nil {
		t.Error(err)
	}
}

// A value that has held one message shows nothing of it in the next.
func TestParseForgets(t *testing.T) {
	m := *hello()
	m.Group, m.Content = []byte("old"), content()
	ping := [][]byte{{0xAA, 0xA1, 6, 2, 0, 9}}
	if err := m.Parse(ping); err != nil {
		t.Fatal(err)
	}
	if want := (zre.Message{ID: zre.IDPing, Sequence: 9}); !equal(&m, &want) {
		t.Errorf("got %+v", m)
	}
}
