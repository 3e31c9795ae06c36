package alltypes

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
)

// One of every message, and what it is on the wire: frames in hex, blanks between fields, "|" between frames.
// Written by hand from the table of encodings, not by the codec.
var vectors = []struct {
	m    Message
	wire string
}{
	{
		Message{ID: IDNumbers, Flags: 7, Origin: []byte("o"), One: 1, Two: 0x0203, Four: 0x04050607, Eight: 0x08090a0b0c0d0e0f},
		"aaaf 01 0102 07 016f 01 0203 04050607 08090a0b0c0d0e0f ffffffffffffffff",
	},
	{
		Message{ID: IDOctets, Key: [5]byte{1, 2, 3, 4, 5}, NodeUUID: [16]byte{15: 0xff}},
		"aaaf 02 0102 00 00 0102030405 000000000000000000000000000000ff",
	},
	{
		Message{
			ID: IDTexts, Short: []byte("\x00s"), Long: []byte("\x00l"), List: [][]byte{[]byte("\x00"), []byte("ab")},
			Dictionary: []wire.Pair{{Key: []byte("\x00k"), Value: []byte("v")}, {Key: []byte("k"), Value: []byte("\x00")}},
			Data:       []byte("d"),
		},
		"aaaf 03 0102 00 00 02 0073 00000002 006c 00000002 00000001 00 00000002 6162" +
			"00000002 02 006b 00000001 76 01 6b 00000001 00 00000001 64",
	},
	{
		Message{
			ID: IDNoNul, ShortText: []byte("s"), LongText: []byte("l"), ListText: [][]byte{[]byte("t")},
			DictionaryText: []wire.Pair{{Key: []byte("k"), Value: []byte("\x00")}},
		},
		"aaaf 04 0102 00 00 01 73 00000001 6c 00000001 00000001 74 00000001 01 6b 00000001 00",
	},
	{
		Message{ID: IDFrames, Short: []byte("s"), Challenge: []byte("c"), Body: [][]byte{[]byte("b1"), []byte("b2")}},
		"aaaf 05 0102 00 00 01 73 | 63 | | 4d41524b | 6231 | 6232",
	},
	{Message{ID: IDFrames}, "aaaf 05 0102 00 00 00 | | | 4d41524b"},
	{Message{ID: IDOneFrame, Challenge: []byte("c")}, "aaaf 06 0102 00 00 | 63"},
	{Message{ID: IDFixed}, "aaaf 80 0102 00 00 09 414c4c225459504553 00000004 6e6f6e65 00000000"},
	{Message{ID: IDEmpty}, "aaaf ff 0102 00 00"},
}

var codec = codectest.Codec[Message]{
	Encode: func(m *Message) ([][]byte, error) {
		first, err := m.Append(nil)
		return m.AppendRest([][]byte{first}), err
	},
	Parse: (*Message).Parse,
}

func cases(tb testing.TB) []codectest.Case[Message] {
	var list []codectest.Case[Message]
	for _, v := range vectors {
		list = append(list, codectest.Case[Message]{Name: v.m.ID.String(), M: v.m, Frames: codectest.Frames(tb, v.wire)})
	}
	return list
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases(t)) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases(f)) }

func TestNotWhole(t *testing.T) {
	var got Message
	for _, v := range vectors {
		list := codectest.Frames(t, v.wire)
		whole := list[0]
		for n := range len(whole) {
			want := wire.ErrTruncated
			if n < 2 {
				want = wire.ErrSignature
			}
			list[0] = whole[:n]
			if err := got.Parse(list); !errors.Is(err, want) {
				t.Errorf("%s cut to %d: got %v, want %v", v.m.ID, n, err, want)
			}
		}
		list[0] = append(slices.Clone(whole), 0)
		if err := got.Parse(list); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("%s with an octet more: got %v", v.m.ID, err)
		}
		list[0] = whole
		needs := map[ID]int{IDFrames: 4, IDOneFrame: 2}[v.m.ID]
		for n := range list {
			err := got.Parse(list[:n])
			if n < max(needs, 1) != errors.Is(err, wire.ErrMissingFrame) {
				t.Errorf("%s with %d of %d frames: got %v", v.m.ID, n, len(list), err)
			}
		}
		err := got.Parse(append(slices.Clone(list), []byte{}))
		if v.m.ID == IDFrames && err != nil || v.m.ID != IDFrames && !errors.Is(err, wire.ErrExtraFrame) {
			t.Errorf("%s with a frame more: got %v", v.m.ID, err)
		}
	}
}

func TestFixedValues(t *testing.T) {
	for _, c := range []struct {
		wire string
		want error
		text string
	}{
		{"aaae ff 0102 00 00", wire.ErrSignature, "message signature, octet 0: "},
		{"aaaf ff 0103 00 00", wire.ErrVersion, "message version, octet 5: "},
		{"aaaf 01 0102 00 00 01 0203 04050607 08090a0b0c0d0e0f fffffffffffffffe", wire.ErrConstant, "NUMBERS largest, octet 30: "},
		{"aaaf 80 0102 00 00 09 414c4c225459504573 00000004 6e6f6e65 00000000", wire.ErrConstant, "FIXED protocol, "},
		{"aaaf 80 0102 00 00 00 00000004 6e6f6e65 00000000", wire.ErrConstant, "FIXED protocol, "},
		{"aaaf 80 0102 00 00 09 414c4c225459504553 00000004 6e6f6e66 00000000", wire.ErrConstant, "FIXED license, "},
		{"aaaf 80 0102 00 00 09 414c4c225459504553 00000004 6e6f6e65 00000001", wire.ErrConstant, "FIXED nothing, "},
		{"aaaf 05 0102 00 00 00 | | 00 | 4d41524b", wire.ErrConstant, "FRAMES empty, "},
		{"aaaf 05 0102 00 00 00 | | | 4d415242", wire.ErrConstant, "FRAMES mark, "},
		{"aaaf 07 0102 00 00", wire.ErrUnknownID, "ID(7) id, "},
	} {
		var m Message
		err := m.Parse(codectest.Frames(t, c.wire))
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) {
			t.Errorf("%s: got %v, want %s%v", c.wire, err, c.text, c.want)
		}
		var place *wire.Error
		if !errors.As(err, &place) || place.Err != c.want {
			t.Errorf("%s: %v is no *wire.Error with %v", c.wire, err, c.want)
		}
	}
}

func TestNoNUL(t *testing.T) {
	nul := []byte("\x00")
	for field, m := range map[string]*Message{
		"short-text":      {ID: IDNoNul, ShortText: nul},
		"long-text":       {ID: IDNoNul, LongText: nul},
		"list-text":       {ID: IDNoNul, ListText: [][]byte{{}, nul}},
		"dictionary-text": {ID: IDNoNul, DictionaryText: []wire.Pair{{}, {Key: nul}}},
	} {
		dst, err := m.Append([]byte("dst"))
		if !errors.Is(err, wire.ErrNUL) || !strings.HasPrefix(err.Error(), "NO-NUL "+field+": ") || string(dst) != "dst" {
			t.Errorf("%s: Append gives %q, %v", field, dst, err)
		}
	}
	for field, text := range map[string]string{
		"short-text":      "01 00 00000000 00000000 00000000",
		"long-text":       "00 00000001 00 00000000 00000000",
		"list-text":       "00 00000000 00000001 00000001 00 00000000",
		"dictionary-text": "00 00000000 00000000 00000001 01 00 00000000",
	} {
		var m Message
		err := m.Parse(codectest.Frames(t, "aaaf 04 0102 00 00"+text))
		if !errors.Is(err, wire.ErrNUL) || !strings.HasPrefix(err.Error(), "NO-NUL "+field+", ") {
			t.Errorf("%s: Parse gives %v", field, err)
		}
	}
}

func TestDefines(t *testing.T) {
	if Version != 258 || Greeting != `say "hello"` || uint64(MaxSize) != 1<<64-1 {
		t.Errorf("got %v, %q, %v", Version, Greeting, uint64(MaxSize))
	}
}

func TestNames(t *testing.T) {
	if got := IDNoNul.String() + " " + ID(9).String(); got != "NO-NUL ID(9)" {
		t.Error(got)
	}
}
