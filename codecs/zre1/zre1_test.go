package zre1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre1"
)

var codec = codectest.Codec[zre1.Message]{
	Encode: func(m *zre1.Message) ([][]byte, error) {
		first, err := m.Append(nil)
		return m.AppendRest([][]byte{first}), err
	},
	Parse: (*zre1.Message).Parse,
}

func b(s string) []byte { return []byte(s) }

// One of every message, written by hand from the grammar of the Guide.
func cases(tb testing.TB) []codectest.Case[zre1.Message] {
	var list []codectest.Case[zre1.Message]
	add := func(m zre1.Message, wire string) {
		list = append(list, codectest.Case[zre1.Message]{Name: m.ID.String(), M: m, Frames: codectest.Frames(tb, wire)})
	}
	add(zre1.Message{
		ID: zre1.IDHello, Sequence: 1, Ipaddress: b("10.0.0.1"), Mailbox: 49152, Groups: codectest.Texts("CHAT", "G"), Status: 2,
		Headers: []wire.Pair{{Key: b("X"), Value: b("a=b")}, {Key: b("Y"), Value: b("")}},
	}, "aaa1 01 0001 08 31302e302e302e31 c000 02 04 43484154 01 47 02 02 05 583d613d62 02 593d")
	add(zre1.Message{ID: zre1.IDHello, Sequence: 1}, "aaa1 01 0001 00 0000 00 00 00")
	add(zre1.Message{ID: zre1.IDWhisper, Sequence: 65535, Content: b("hi")}, "aaa1 02 ffff | 6869")
	add(zre1.Message{ID: zre1.IDShout, Group: b("CHAT")}, "aaa1 03 0000 04 43484154 |")
	add(zre1.Message{ID: zre1.IDJoin, Sequence: 2, Group: b("CHAT"), Status: 3}, "aaa1 04 0002 04 43484154 03")
	add(zre1.Message{ID: zre1.IDLeave, Sequence: 3, Group: b("CHAT"), Status: 4}, "aaa1 05 0003 04 43484154 04")
	add(zre1.Message{ID: zre1.IDPing, Sequence: 4}, "aaa1 06 0004")
	add(zre1.Message{ID: zre1.IDPingOK, Sequence: 5}, "aaa1 07 0005")
	return list
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases(t)) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases(f)) }

func TestRefused(t *testing.T) {
	frames := func(text string) [][]byte { return codectest.Frames(t, text) }
	codec.Refused(t, []codectest.Refusal{
		{frames("aaa3 06 0001"), wire.ErrSignature, "message signature, octet 0: "},
		{frames("aaa1 08 0001"), wire.ErrUnknownID, "ID(8) id, octet 5: "},
		{frames("aaa1 06 00"), wire.ErrTruncated, "message sequence, octet 3: "},
		{frames("aaa1 06 02 0001"), wire.ErrTrailing, "PING, octet 5: "}, // ZRE/2
		{frames("aaa1 02 0001"), wire.ErrMissingFrame, "WHISPER content, "},
		{frames("aaa1 02 0001 | 61 | 62"), wire.ErrExtraFrame, "WHISPER, "},
		{frames("aaa1 01 0001 00 0000 ff 00 00 00"), wire.ErrTruncated, "HELLO groups, octet 8: "},
		{frames("aaa1 01 0001 00 0000 01 01 00 00 00"), wire.ErrNUL, "HELLO groups, "},
		{frames("aaa1 01 0001 00 0000 00 00 01 01 58"), wire.ErrPair, "HELLO headers, octet 11: "},
		{frames("aaa1 01 0001 00 0000 00 00 01 02 003d"), wire.ErrNUL, "HELLO headers, "},
		{frames("aaa1 04 0001 01 00 01"), wire.ErrNUL, "JOIN group, "},
	})
}

// What ZRE/2 could say and this version cannot.
func TestAppendRefuses(t *testing.T) {
	for _, c := range []struct {
		m    zre1.Message
		want error
		text string
	}{
		{zre1.Message{ID: zre1.IDHello, Groups: make([][]byte, 256)}, wire.ErrTooLong, "HELLO groups: "},
		{zre1.Message{ID: zre1.IDHello, Headers: []wire.Pair{{Key: b("X"), Value: make([]byte, 254)}}}, wire.ErrTooLong, "HELLO headers: "},
		{zre1.Message{ID: zre1.IDHello, Headers: []wire.Pair{{Key: b("X=Y")}}}, wire.ErrPair, "HELLO headers: "},
	} {
		dst, err := c.m.Append(b("dst"))
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) || string(dst) != "dst" {
			t.Errorf("got %q, %v, want %s%v", dst, err, c.text, c.want)
		}
	}
}
