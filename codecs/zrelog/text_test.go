package zrelog_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/zeromq/gozyre/codecs/zrelog"
)

// The values of rfcs/zrelog, 4.
func TestHash(t *testing.T) {
	for uuid, want := range map[string]uint16{
		"A11CE000000040008000000000000001": 0x7B1A,
		"B0B00000000040008000000000000002": 0x710E,
		"":                                 0,
		"A":                                65,
		"AA":                               33*65 ^ 65,
	} {
		if got := zrelog.Hash(uuid); got != want {
			t.Errorf("%s: got %04X, want %04X", uuid, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var uuid [16]byte
		copy(uuid[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		if got, want := zrelog.HashUUID(uuid), zrelog.Hash(strings.ToUpper(hex.EncodeToString(uuid[:]))); got != want {
			t.Errorf("%x: got %04X, want %04X", uuid, got, want)
		}
	})
}

func TestTime(t *testing.T) {
	for _, c := range []struct {
		field uint64
		want  string
	}{
		{0, "1970-01-01T00:00:00Z"},
		{1_700_000_000, "2023-11-14T22:13:20Z"},
		{1_700_000_000_123, "2023-11-14T22:13:20.123Z"},
		{99_999_999_999, "5138-11-16T09:46:39Z"},
		{100_000_000_000, "1973-03-03T09:46:40Z"},
		{1<<64 - 1, "9999-12-31T23:59:59.999Z"},
	} {
		if got := zrelog.When(c.field).Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%d: got %s, want %s", c.field, got, c.want)
		}
	}
	at := time.Date(2031, 2, 3, 4, 5, 6, 789e6, time.UTC)
	if got := zrelog.When(zrelog.TimeOf(at)); !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
	if got := zrelog.TimeOf(time.Unix(-1, 0)); got != 0 {
		t.Errorf("before 1970: %d", got)
	}
}

// TestSplit: nothing is lost, nothing is too long, and no character is torn.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringN(0, 2000, zrelog.MaxText), rapid.StringOfN(rapid.RuneFrom([]rune("aß日🙂")), 0, 1000, zrelog.MaxText)).Draw(t, "text")
		pieces := slices.Collect(zrelog.Split(text))
		if got := strings.Join(pieces, ""); got != text {
			t.Fatalf("got %q", got)
		}
		for i, piece := range pieces {
			if len(piece) > zrelog.MaxData || !utf8.ValidString(piece) || i < len(pieces)-1 && len(piece) < zrelog.MaxData-3 {
				t.Errorf("a piece is %q", piece)
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.ByteRange(0x80, 0xFF), 0, 1000).Draw(t, "data")
		var all []byte
		for piece := range zrelog.Split(data) {
			if all = append(all, piece...); len(piece) > zrelog.MaxData {
				t.Fatalf("a piece has %d octets", len(piece))
			}
		}
		if !bytes.Equal(all, data) {
			t.Errorf("got %x", all)
		}
	})
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abc", 2, "ab"}, {"aß", 2, "a"}, {"🙂", 3, ""}, {"\x80\x80\x80\x80\x80", 4, "\x80\x80\x80\x80"}} {
		if got := zrelog.Cut(c.text, c.most); got != c.want {
			t.Errorf("%q to %d: got %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{zrelog.LevelName(zrelog.LevelError), "ERROR"}, {zrelog.LevelName(0), "0"}, {zrelog.LevelName(200), "200"},
		{zrelog.EventName(0), "TEXT"}, {zrelog.EventName(zrelog.EventStats), "STATS"}, {zrelog.EventName(8), "8"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if got := zrelog.Subscription(zrelog.LevelInfo); !bytes.Equal(got, []byte{0xAA, 0xA2, 1, 3}) {
		t.Errorf("INFO is subscribed to by %x", got)
	}
	if got := zrelog.Subscription(0); !bytes.Equal(got, []byte{0xAA, 0xA2, 1}) {
		t.Errorf("everything is subscribed to by %x", got)
	}
}
