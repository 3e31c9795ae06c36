package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
)

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// The table of encodings, in both directions: what is written, what it looks like, what is read.
func TestEncodings(t *testing.T) {
	ok := func(b []byte) ([]byte, error) { return b, nil }
	pairs := []wire.Pair{{Key: []byte("k"), Value: []byte("vv")}, {Key: []byte{}, Value: []byte{}}}
	uuid := [16]byte{0: 0xf0, 15: 0x0f}
	for _, c := range []struct {
		name   string
		value  any
		append func(dst []byte) ([]byte, error)
		wire   string
		read   func(r *wire.Reader) any
	}{
		{
			"number 1", uint8(0xfe), func(b []byte) ([]byte, error) { return ok(wire.AppendNumber1(b, 0xfe)) },
			"fe", func(r *wire.Reader) any { return r.Number1("f") },
		},
		{
			"number 2", uint16(0x0102), func(b []byte) ([]byte, error) { return ok(wire.AppendNumber2(b, 0x0102)) },
			"0102", func(r *wire.Reader) any { return r.Number2("f") },
		},
		{
			"number 4", uint32(0x01020304), func(b []byte) ([]byte, error) { return ok(wire.AppendNumber4(b, 0x01020304)) },
			"01020304", func(r *wire.Reader) any { return r.Number4("f") },
		},
		{
			"number 8", uint64(0x0102030405060708), func(b []byte) ([]byte, error) { return ok(wire.AppendNumber8(b, 0x0102030405060708)) },
			"0102030405060708", func(r *wire.Reader) any { return r.Number8("f") },
		},
		{
			"octets", uuid, func(b []byte) ([]byte, error) { return ok(wire.AppendOctets(b, uuid[:])) },
			"f000000000000000 000000000000000f", func(r *wire.Reader) any {
				var v [16]byte
				r.Octets("f", v[:])
				return v
			},
		},
		{
			"string", []byte("ab"), func(b []byte) ([]byte, error) { return wire.AppendString(b, []byte("ab")) },
			"02 6162", func(r *wire.Reader) any { return r.String("f") },
		},
		{
			"empty string", []byte{}, func(b []byte) ([]byte, error) { return wire.AppendString(b, nil) },
			"00", func(r *wire.Reader) any { return r.String("f") },
		},
		{
			"longest string", bytes.Repeat([]byte("x"), 255),
			func(b []byte) ([]byte, error) { return wire.AppendString(b, bytes.Repeat([]byte("x"), 255)) },
			"ff" + strings.Repeat("78", 255), func(r *wire.Reader) any { return r.String("f") },
		},
		{
			"longstr", []byte("ab"), func(b []byte) ([]byte, error) { return wire.AppendLongStr(b, []byte("ab")) },
			"00000002 6162", func(r *wire.Reader) any { return r.LongStr("f") },
		},
		{
			"longstr of 256 octets", bytes.Repeat([]byte("x"), 256),
			func(b []byte) ([]byte, error) { return wire.AppendLongStr(b, bytes.Repeat([]byte("x"), 256)) },
			"00000100" + strings.Repeat("78", 256), func(r *wire.Reader) any { return r.LongStr("f") },
		},
		{
			"chunk", []byte{0}, func(b []byte) ([]byte, error) { return wire.AppendChunk(b, []byte{0}) },
			"00000001 00", func(r *wire.Reader) any { return r.Chunk("f") },
		},
		{
			"strings", [][]byte{[]byte("ab"), {}}, func(b []byte) ([]byte, error) { return wire.AppendStrings(b, [][]byte{[]byte("ab"), nil}) },
			"00000002 00000002 6162 00000000", func(r *wire.Reader) any { return r.Strings("f", nil) },
		},
		{
			"no strings", [][]byte{}, func(b []byte) ([]byte, error) { return wire.AppendStrings(b, nil) },
			"00000000", func(r *wire.Reader) any { return r.Strings("f", nil) },
		},
		{
			"hash", pairs, func(b []byte) ([]byte, error) { return wire.AppendHash(b, pairs) },
			"00000002 01 6b 00000002 7676 00 00000000", func(r *wire.Reader) any { return r.Hash("f", nil) },
		},
		{
			"empty hash", []wire.Pair{}, func(b []byte) ([]byte, error) { return wire.AppendHash(b, nil) },
			"00000000", func(r *wire.Reader) any { return r.Hash("f", nil) },
		},
		{
			"first strings", [][]byte{[]byte("ab"), {}}, func(b []byte) ([]byte, error) { return wire.AppendStrings1(b, [][]byte{[]byte("ab"), nil}) },
			"02 02 6162 00", func(r *wire.Reader) any { return r.Strings1("f", nil) },
		},
		{
			"no first strings", [][]byte{}, func(b []byte) ([]byte, error) { return wire.AppendStrings1(b, nil) },
			"00", func(r *wire.Reader) any { return r.Strings1("f", nil) },
		},
		{
			"first hash", []wire.Pair{{Key: []byte("k"), Value: []byte("v=w")}, {Key: []byte{}, Value: []byte{}}},
			func(b []byte) ([]byte, error) {
				return wire.AppendHash1(b, []wire.Pair{{Key: []byte("k"), Value: []byte("v=w")}, {}})
			},
			"02 05 6b3d763d77 01 3d", func(r *wire.Reader) any { return r.Hash1("f", nil) },
		},
		{
			"empty first hash", []wire.Pair{}, func(b []byte) ([]byte, error) { return wire.AppendHash1(b, nil) },
			"00", func(r *wire.Reader) any { return r.Hash1("f", nil) },
		},
	} {
		want := unhex(t, c.wire)
		got, err := c.append([]byte{0xDD})
		if err != nil || !bytes.Equal(got, append([]byte{0xDD}, want...)) {
			t.Errorf("%s: wrote %x, %v, want dd%x", c.name, got, err, want)
		}
		for n := range len(want) + 2 {
			frame := append(slices.Clone(want), 0xEE)[:n]
			var r wire.Reader
			r.Reset([][]byte{frame})
			v := c.read(&r)
			err := r.End(nil)
			switch {
			case n < len(want):
				if !errors.Is(err, wire.ErrTruncated) || !strings.HasPrefix(err.Error(), "message f, octet ") {
					t.Errorf("%s cut to %d: got %v", c.name, n, err)
				}
			case n == len(want):
				v = orEmpty(v)
				if err != nil || !reflect.DeepEqual(v, c.value) {
					t.Errorf("%s: read %v, %v, want %v", c.name, v, err, c.value)
				}
			default:
				if !errors.Is(err, wire.ErrTrailing) {
					t.Errorf("%s with an octet more: got %v", c.name, err)
				}
			}
		}
	}
}

// orEmpty makes nil slices empty ones, for DeepEqual.
func orEmpty(v any) any {
	switch v := v.(type) {
	case [][]byte:
		return append([][]byte{}, v...)
	case []wire.Pair:
		return append([]wire.Pair{}, v...)
	}
	return v
}

func TestTooLong(t *testing.T) {
	long := make([]byte, 256)
	for name, f := range map[string]func(dst []byte) ([]byte, error){
		"string":            func(dst []byte) ([]byte, error) { return wire.AppendString(dst, long) },
		"key of a hash":     func(dst []byte) ([]byte, error) { return wire.AppendHash(dst, []wire.Pair{{Key: long}}) },
		"256 first strings": func(dst []byte) ([]byte, error) { return wire.AppendStrings1(dst, make([][]byte, 256)) },
		"a first string":    func(dst []byte) ([]byte, error) { return wire.AppendStrings1(dst, [][]byte{{}, long}) },
		"256 first entries": func(dst []byte) ([]byte, error) { return wire.AppendHash1(dst, make([]wire.Pair, 256)) },
		"a first entry": func(dst []byte) ([]byte, error) {
			return wire.AppendHash1(dst, []wire.Pair{{}, {Key: long[:128], Value: long[:127]}})
		},
		"the second key": func(dst []byte) ([]byte, error) { return wire.AppendHash(dst, []wire.Pair{{}, {Key: long}}) },
	} {
		got, err := f([]byte("dst"))
		if !errors.Is(err, wire.ErrTooLong) || string(got) != "dst" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

// Claims that no frame can keep, at the edges of signed and unsigned 32 bits.
func TestClaims(t *testing.T) {
	for _, claim := range []string{"ffffffff", "80000000", "7fffffff", "fffffffc", "00000009"} {
		frame := append(unhex(t, claim), make([]byte, 8)...)
		for name, read := range map[string]func(r *wire.Reader){
			"longstr": func(r *wire.Reader) { r.LongStr("f") },
			"chunk":   func(r *wire.Reader) { r.Chunk("f") },
			"strings": func(r *wire.Reader) { r.Strings("f", nil) },
			"hash":    func(r *wire.Reader) { r.Hash("f", nil) },
			"a text of strings": func(r *wire.Reader) {
				r.Reset([][]byte{append(unhex(t, "00000001"), frame...)})
				r.Strings("f", nil)
			},
			"a value of a hash": func(r *wire.Reader) {
				r.Reset([][]byte{append(unhex(t, "0000000100"), frame...)})
				r.Hash("f", nil)
			},
		} {
			var r wire.Reader
			r.Reset([][]byte{frame})
			read(&r)
			if !errors.Is(r.Err(), wire.ErrTruncated) {
				t.Errorf("%s claims %s: got %v", name, claim, r.Err())
			}
		}
	}
}

// What an entry of the first encoding cannot be.
func TestPairs(t *testing.T) {
	dst, err := wire.AppendHash1([]byte("dst"), []wire.Pair{{Key: []byte("k")}, {Key: []byte("a=b")}})
	if !errors.Is(err, wire.ErrPair) || string(dst) != "dst" {
		t.Errorf("a key with \"=\": got %q, %v", dst, err)
	}
	for _, c := range []struct {
		wire   string
		want   error
		offset int
	}{
		{"01 00", wire.ErrPair, 1},
		{"02 02 6b3d 01 6b", wire.ErrPair, 4},
		{"02 02 6b3d 02 6b", wire.ErrTruncated, 4},
		{"03 02 6b3d", wire.ErrTruncated, 4},
		{"ff 01 3d", wire.ErrTruncated, 0},
		{"", wire.ErrTruncated, 0},
	} {
		var r wire.Reader
		r.Reset([][]byte{unhex(t, c.wire)})
		pairs := r.Hash1("f", nil)
		var place *wire.Error
		if err := r.End(nil); !errors.Is(err, c.want) || !errors.As(err, &place) || place.Offset != c.offset || len(pairs) != 0 {
			t.Errorf("%s: got %v, %v, want %v at %d", c.wire, pairs, err, c.want, c.offset)
		}
	}
}

// A message that has each field in a frame of its own.
func TestLayoutFrames(t *testing.T) {
	frames, buf := wire.AppendFrame(nil, nil, "NAME")
	frames, buf = wire.AppendFrameNumber(frames, buf, 1, 1)
	frames, buf = wire.AppendFrameNumber(frames, buf, 0x0203, 2)
	frames, buf = wire.AppendFrameNumber(frames, buf, 0x04050607, 4)
	frames, buf = wire.AppendFrameNumber(frames, buf, 0x08090a0b0c0d0e0f, 8)
	if want := unhex(t, "4e414d45 01 0203 04050607 08090a0b0c0d0e0f"); !bytes.Equal(bytes.Join(frames, nil), want) || !bytes.Equal(buf, want) {
		t.Fatalf("got %x and %x", frames, buf)
	}
	var r wire.Reader
	r.ResetFrames(frames)
	if name := r.Frame("name"); string(name) != "NAME" || cap(name) != 4 {
		t.Errorf("got %q with room for %d", name, cap(name))
	}
	for size, want := range map[int]uint64{1: 1, 2: 0x0203} {
		r.ResetFrames(frames[size:])
		if v := r.FrameNumber("n", size); v != want || r.Err() != nil {
			t.Errorf("got %#x, %v", v, r.Err())
		}
	}
	r.ResetFrames(frames[3:])
	if a, b := r.FrameNumber("a", 4), r.FrameNumber("b", 8); a != 0x04050607 || b != 0x08090a0b0c0d0e0f || r.End(nil) != nil {
		t.Errorf("got %#x, %#x, %v", a, b, r.End(nil))
	}
	for _, c := range []struct {
		frames [][]byte
		want   error
		text   string
	}{
		{nil, wire.ErrMissingFrame, "message n: "},
		{[][]byte{{}}, wire.ErrTruncated, "message n: "},
		{[][]byte{{1}}, wire.ErrTruncated, "message n: "},
		{[][]byte{{1, 2, 3}}, wire.ErrTrailing, "message n: "},
		{[][]byte{{1, 2}, {}}, wire.ErrExtraFrame, "message: "},
	} {
		r.ResetFrames(c.frames)
		r.FrameNumber("n", 2)
		var place *wire.Error
		if err := r.End(nil); !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) || !errors.As(err, &place) || place.Offset != -1 {
			t.Errorf("%x: got %#v, want %s%v", c.frames, err, c.text, c.want)
		}
	}
	// An append to what Msg gave must not reach what lies behind the caller's frames.
	r.ResetFrames(frames[:2])
	_ = append(r.Msg(), []byte("new"))
	if frames[2][0] != 2 {
		t.Error("Msg gives room that is not the message's")
	}
}

func TestFrames(t *testing.T) {
	all := [][]byte{{1}, {2}, {3}, {4}}
	var r wire.Reader
	r.Reset(all)
	if a, b, c := r.Number1("n"), r.Frame("a"), r.Msg(); a != 1 || !bytes.Equal(b, all[1]) || len(c) != 2 || r.End(nil) != nil {
		t.Errorf("got %v %v %v %v", a, b, c, r.End(nil))
	}
	if m := r.Msg(); len(m) != 0 || r.Err() != nil {
		t.Errorf("no frames are left, got %v, %v", m, r.Err())
	}
	if f := r.Frame("late"); f != nil || !errors.Is(r.End(nil), wire.ErrMissingFrame) || !errors.Is(r.End(nil), wire.ErrFrames) {
		t.Errorf("got %v, %v", f, r.End(nil))
	}
	r.Reset(all)
	r.Number1("n")
	if err := r.End(nil); !errors.Is(err, wire.ErrExtraFrame) || !errors.Is(err, wire.ErrFrames) || errors.Is(err, wire.ErrMissingFrame) {
		t.Errorf("got %v", err)
	}
	r.Reset(nil)
	r.Signature(1)
	if r.String("s"); !errors.Is(r.End(nil), wire.ErrMissingFrame) {
		t.Errorf("no frames at all: got %v", r.End(nil))
	}
	// An append to what Msg gave must not reach what lies behind the caller's frames.
	r.Reset(all[:2])
	_ = append(r.Msg(), []byte("new"))
	if all[2][0] != 3 {
		t.Error("Msg gives room that is not the message's")
	}
}

// After a fault everything is zero and the first fault stays.
func TestFirstFaultStays(t *testing.T) {
	var r wire.Reader
	r.Reset([][]byte{{0, 0, 0, 0, 0, 0}, {}})
	r.Number2("a")
	r.Fail("b", wire.ErrConstant)
	r.Fail("c", wire.ErrVersion)
	if r.Number1("d") != 0 || r.Number2("d") != 0 || r.Number4("d") != 0 || r.Number8("d") != 0 || r.String("d") != nil ||
		r.LongStr("d") != nil || len(r.Strings("d", nil)) != 0 || len(r.Hash("d", nil)) != 0 ||
		len(r.Strings1("d", nil)) != 0 || len(r.Hash1("d", nil)) != 0 || r.FrameNumber("d", 1) != 0 || r.Frame("d") != nil || r.Msg() != nil {
		t.Error("something can be read after a fault")
	}
	r.NoNUL("e", []byte{0})
	want := "message b, octet 2: " + wire.ErrConstant.Error()
	if err := r.End(nil); err == nil || err.Error() != want || !errors.Is(r.Err(), wire.ErrConstant) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNUL(t *testing.T) {
	for n := range 70 {
		text := bytes.Repeat([]byte{0xff}, n)
		for _, fill := range []byte{1, 0x80, 0xff} {
			for i := range text {
				text[i] = fill
			}
			if wire.CheckNUL(text) != nil || wire.CheckKeys([]wire.Pair{{Key: text, Value: []byte{0}}}) != nil {
				t.Fatalf("a NUL is found in %x", text)
			}
			for i := range text {
				text[i] = 0
				if !errors.Is(wire.CheckNUL([]byte("ok"), text), wire.ErrNUL) || !errors.Is(wire.CheckKeys([]wire.Pair{{}, {Key: text}}), wire.ErrNUL) {
					t.Fatalf("the NUL in %x is not found", text)
				}
				text[i] = fill
			}
		}
	}
}

// What the reader gives cannot be made longer into the frame.
func TestAliasesHaveNoRoom(t *testing.T) {
	frame := unhex(t, "01 61 00000001 62 00000001 00000001 63 00000001 01 64 00000001 65 01 01 66 01 03 67 3d 68 ff")
	var r wire.Reader
	r.Reset([][]byte{frame})
	values := [][]byte{r.String("a"), r.LongStr("b")}
	values = append(values, r.Strings("c", nil)...)
	for _, p := range r.Hash("d", nil) {
		values = append(values, p.Key, p.Value)
	}
	values = append(values, r.Strings1("e", nil)...)
	for _, p := range r.Hash1("f", nil) {
		values = append(values, p.Key, p.Value)
	}
	if len(values) != 8 || r.Err() != nil {
		t.Fatalf("got %q, %v", values, r.Err())
	}
	for _, v := range values {
		if len(v) != 1 || cap(v) != 1 {
			t.Errorf("%q has room for %d", v, cap(v))
		}
	}
}

type id uint8

func (id) String() string { return "HELLO" }

func TestErrorText(t *testing.T) {
	var r wire.Reader
	r.Reset([][]byte{{0, 0}})
	r.Number1("a")
	if got, want := r.End(id(1)).Error(), "HELLO, octet 1: octets follow the last field"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := wire.At("HELLO", "name", wire.ErrTooLong).Error(), "HELLO name: the value is longer than its encoding can say"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
