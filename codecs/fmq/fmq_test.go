package fmq_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
)

var codec = codectest.Codec[fmq.Message]{
	Encode: func(m *fmq.Message) ([][]byte, error) {
		first, err := m.Append(nil)
		return m.AppendRest([][]byte{first}), err
	},
	Parse: (*fmq.Message).Parse,
}

func b(s string) []byte { return []byte(s) }

// What testdata/vectors.txt holds, in its order: what another implementation puts on the wire.
func meanings() []fmq.Message {
	return []fmq.Message{
		{ID: fmq.IDOhai},
		{ID: fmq.IDOhaiOK},
		{
			ID: fmq.IDIcanhaz, Path: b("/photos"),
			Options: []wire.Pair{{Key: b("RESYNC"), Value: b("1")}},
			Cache:   []wire.Pair{{Key: b("/a.txt"), Value: b("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")}},
		},
		{ID: fmq.IDIcanhazOK},
		{ID: fmq.IDNom, Credit: 1_000_000, Sequence: 7},
		{ID: fmq.IDCheezburger, Sequence: 7, Operation: fmq.OperationCreate, Filename: b("/photos/a.jpg"), Offset: 250_000, Eof: 1, Chunk: b("hello")},
		{ID: fmq.IDHugz},
		{ID: fmq.IDHugzOK},
		{ID: fmq.IDKthxbai},
		{ID: fmq.IDSrsly, Reason: b("denied")},
		{ID: fmq.IDRtfm, Reason: b("denied")},
	}
}

func cases(tb testing.TB) []codectest.Case[fmq.Message] {
	tb.Helper()
	want := meanings()
	vectors := codectest.Vectors(tb, "testdata/vectors.txt")
	if len(vectors) != len(want) {
		tb.Fatalf("there are %d vectors, not %d", len(vectors), len(want))
	}
	var list []codectest.Case[fmq.Message]
	for i, v := range vectors {
		if name := want[i].ID.String(); name != strings.ReplaceAll(v.Name, "_", "-") {
			tb.Errorf("%s has the name %s", v.Name, name)
		}
		list = append(list, codectest.Case[fmq.Message]{Name: v.Name, M: want[i], Frames: v.Frames})
	}
	// That implementation never sends these two.
	return append(list,
		codectest.Case[fmq.Message]{
			Name: "ORLY", M: fmq.Message{ID: fmq.IDOrly, Mechanisms: codectest.Texts("PLAIN", "ANONYMOUS"), Challenge: b("\x00")},
			Frames: codectest.Frames(tb, "aaa3 02 00000002 00000005 504c41494e 00000009 414e4f4e594d4f5553 | 00"),
		},
		codectest.Case[fmq.Message]{
			Name: "YARLY", M: fmq.Message{ID: fmq.IDYarly, Mechanism: b("PLAIN"), Response: b("\x00Joe\x00secret")},
			Frames: codectest.Frames(tb, "aaa3 03 05 504c41494e | 00 4a6f65 00 736563726574"),
		},
	)
}

func TestVectors(t *testing.T) { codec.BothDirections(t, cases(t)) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases(f)) }

// Each first frame at each length that is not its own.
func TestNotWhole(t *testing.T) {
	var m fmq.Message
	for _, v := range cases(t) {
		first, rest := v.Frames[0], v.Frames[1:]
		for n := range first {
			want := wire.ErrTruncated
			if n < 2 {
				want = wire.ErrSignature
			}
			if err := m.Parse(append([][]byte{first[:n]}, rest...)); !errors.Is(err, want) {
				t.Errorf("%s cut to %d octets: got %v, want %v", v.Name, n, err, want)
			}
		}
		if err := m.Parse(append([][]byte{append(first[:len(first):len(first)], 0)}, rest...)); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("%s with an octet more: got %v", v.Name, err)
		}
		if err := m.Parse(append(v.Frames[:len(v.Frames):len(v.Frames)], nil)); !errors.Is(err, wire.ErrExtraFrame) {
			t.Errorf("%s with a frame more: got %v", v.Name, err)
		}
		if err := m.Parse(v.Frames[:len(v.Frames)-1]); !errors.Is(err, wire.ErrMissingFrame) {
			t.Errorf("%s with a frame less: got %v", v.Name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	frames := func(text string) [][]byte { return codectest.Frames(t, text) }
	codec.Refused(t, []codectest.Refusal{
		{frames("aaa1 09"), wire.ErrSignature, "message signature, octet 0: "},
		{frames("aaa3 00"), wire.ErrUnknownID, "ID(0) id, octet 3: "},
		{frames("aaa3 0c"), wire.ErrUnknownID, "ID(12) id, octet 3: "},
		{frames("aaa3 01 06 46494c454d51 0001"), wire.ErrVersion, "OHAI version, octet 12: "},
		{frames("aaa3 01 06 46494c454d71 0002"), wire.ErrConstant, "OHAI protocol, octet 10: "},
		{frames("aaa3 01 06 46494c454d51 01"), wire.ErrTruncated, "OHAI version, octet 10: "}, // FILEMQ/1
		{frames("aaa3 02 00000001 00000001 00 |"), wire.ErrNUL, "ORLY mechanisms, "},
		{frames("aaa3 03 01 00 |"), wire.ErrNUL, "YARLY mechanism, "},
		{frames("aaa3 05 00000002 2f00 00000000 00000000"), wire.ErrNUL, "ICANHAZ path, "},
		{frames("aaa3 05 00000001 2f 00000001 01 00 00000000 00000000"), wire.ErrNUL, "ICANHAZ options, "},
		{frames("aaa3 05 00000001 2f 00000000 00000001 01 00 00000000"), wire.ErrNUL, "ICANHAZ cache, "},
		{frames("aaa3 05 ffffffff 2f"), wire.ErrTruncated, "ICANHAZ path, octet 3: "},
		{frames("aaa3 05 00000001 2f ffffffff 00000000"), wire.ErrTruncated, "ICANHAZ options, octet 8: "},
	})
}

func TestAppendRefuses(t *testing.T) {
	for _, c := range []struct {
		m    fmq.Message
		want error
		text string
	}{
		{fmq.Message{ID: 12}, wire.ErrUnknownID, "ID(12) id: "},
		{fmq.Message{ID: fmq.IDSrsly, Reason: make([]byte, 256)}, wire.ErrTooLong, "SRSLY reason: "},
		{fmq.Message{ID: fmq.IDCheezburger, Filename: b("/a\x00")}, wire.ErrNUL, "CHEEZBURGER filename: "},
		{fmq.Message{ID: fmq.IDIcanhaz, Cache: []wire.Pair{{Key: make([]byte, 256)}}}, wire.ErrNUL, "ICANHAZ cache: "},
	} {
		dst, err := c.m.Append(b("dst"))
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) || string(dst) != "dst" {
			t.Errorf("got %q, %v, want %s%v", dst, err, c.text, c.want)
		}
	}
}
