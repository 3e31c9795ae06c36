package alltypes1

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
)

func b(s string) []byte { return []byte(s) }

// One of every message, and what it is on the wire: frames in hex, blanks between fields, "|" between frames.
// Written by hand from the table of encodings, not by the codec.
var vectors = []struct {
	m    Message
	wire string
}{
	{
		Message{
			ID: IDLists, Tags: [][]byte{b("t")}, List: [][]byte{b("\x00"), b("ab"), {}},
			Dictionary: []wire.Pair{{Key: b("k"), Value: b("v=w")}, {Key: b("\x00"), Value: b("")}, {Key: b(""), Value: b("v")}},
		},
		"aaae 01 01 01 74 03 01 00 02 6162 00 03 05 6b 3d 763d77 02 00 3d 02 3d 76",
	},
	{Message{ID: IDLists}, "aaae 01 00 00 00"},
	{
		Message{ID: IDNoNul, ListText: [][]byte{b("t")}, DictionaryText: []wire.Pair{{Key: b("k"), Value: b("\x00")}}},
		"aaae 02 00 01 01 74 01 03 6b 3d 00",
	},
	{Message{ID: IDFrames, Short: b("s"), Content: b("c"), Body: [][]byte{b("b1"), b("b2")}}, "aaae 03 00 01 73 | 63 | 6231 | 6232"},
	{Message{ID: IDFrames, Body: [][]byte{{}}}, "aaae 03 00 00 | |"},
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
		for n := 2; n < len(whole); n++ {
			list[0] = whole[:n]
			if err := got.Parse(list); !errors.Is(err, wire.ErrTruncated) {
				t.Errorf("%s cut to %d: got %v", v.m.ID, n, err)
			}
		}
		list[0] = append(slices.Clone(whole), 0)
		if err := got.Parse(list); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("%s with an octet more: got %v", v.m.ID, err)
		}
		list[0] = whole
		needs := map[ID]int{IDFrames: 3}[v.m.ID]
		for n := range list {
			err := got.Parse(list[:n])
			if n < max(needs, 1) != errors.Is(err, wire.ErrMissingFrame) {
				t.Errorf("%s with %d of %d frames: got %v", v.m.ID, n, len(list), err)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	frames := func(text string) [][]byte { return codectest.Frames(t, text) }
	codec.Refused(t, []codectest.Refusal{
		{frames("aaae 01 00 00 01 01 6b"), wire.ErrPair, "LISTS dictionary, octet 6: "},
		{frames("aaae 01 00 00 02 03 6b3d76 00"), wire.ErrPair, "LISTS dictionary, octet 10: "},
		{frames("aaae 01 00 00 ff 01 3d"), wire.ErrTruncated, "LISTS dictionary, octet 5: "},
		{frames("aaae 01 00 ff 00"), wire.ErrTruncated, "LISTS list, octet 4: "},
		{frames("aaae 02 00 01 01 00 00"), wire.ErrNUL, "NO-NUL list-text, "},
		{frames("aaae 02 00 00 01 02 003d"), wire.ErrNUL, "NO-NUL dictionary-text, "},
		{frames("aaae 03 00 00 | 63"), wire.ErrMissingFrame, "FRAMES body, "},
	})
}

func TestAppendRefuses(t *testing.T) {
	long := make([]byte, 256)
	for _, c := range []struct {
		m    Message
		want error
		text string
	}{
		{Message{ID: IDLists, Tags: [][]byte{long}}, wire.ErrTooLong, "LISTS tags: "},
		{Message{ID: IDLists, List: make([][]byte, 256)}, wire.ErrTooLong, "LISTS list: "},
		{Message{ID: IDLists, Dictionary: []wire.Pair{{Key: long[:127], Value: long[:128]}}}, wire.ErrTooLong, "LISTS dictionary: "},
		{Message{ID: IDLists, Dictionary: make([]wire.Pair, 256)}, wire.ErrTooLong, "LISTS dictionary: "},
		{Message{ID: IDLists, Dictionary: []wire.Pair{{}, {Key: b("a=b")}}}, wire.ErrPair, "LISTS dictionary: "},
		{Message{ID: IDNoNul, DictionaryText: []wire.Pair{{Key: b("\x00")}}}, wire.ErrNUL, "NO-NUL dictionary-text: "},
		{Message{ID: IDNoNul, ListText: [][]byte{b("\x00")}}, wire.ErrNUL, "NO-NUL list-text: "},
		{Message{ID: IDFrames}, wire.ErrMissingFrame, "FRAMES body: "},
	} {
		dst, err := c.m.Append(b("dst"))
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) || string(dst) != "dst" {
			t.Errorf("got %q, %v, want %s%v", dst, err, c.text, c.want)
		}
	}
	// As much as fits.
	m := Message{ID: IDLists, Tags: make([][]byte, 255), Dictionary: []wire.Pair{{Key: long[:127], Value: long[:127]}}}
	if _, err := m.Append(nil); err != nil {
		t.Error(err)
	}
}

func TestNoAllocations(t *testing.T) {
	m := &vectors[0].m
	buf := make([]byte, 0, 100)
	list := [][]byte{codectest.Frames(t, vectors[0].wire)[0]}
	var got Message
	if n := testing.AllocsPerRun(100, func() {
		if _, err := m.Append(buf); err != nil {
			t.Fatal(err)
		}
		if err := got.Parse(list); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
