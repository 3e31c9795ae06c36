package fmq1_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq1"
	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
)

var codec = codectest.Codec[fmq1.Message]{
	Encode: func(m *fmq1.Message) ([][]byte, error) {
		first, err := m.Append(nil)
		return m.AppendRest([][]byte{first}), err
	},
	Parse: (*fmq1.Message).Parse,
}

func b(s string) []byte { return []byte(s) }

// One of every message, written by hand from the grammar of the Guide.
func cases(tb testing.TB) []codectest.Case[fmq1.Message] {
	var list []codectest.Case[fmq1.Message]
	add := func(m fmq1.Message, wire string) {
		list = append(list, codectest.Case[fmq1.Message]{Name: m.ID.String(), M: m, Frames: codectest.Frames(tb, wire)})
	}
	add(fmq1.Message{ID: fmq1.IDOhai}, "aaa3 01 06 46494c454d51 01")
	add(fmq1.Message{ID: fmq1.IDOrly, Mechanisms: codectest.Texts("PLAIN"), Challenge: b("c")}, "aaa3 02 01 05 504c41494e | 63")
	add(fmq1.Message{ID: fmq1.IDYarly, Mechanism: b("PLAIN"), Response: b("\x00a\x00b")}, "aaa3 03 05 504c41494e | 00610062")
	add(fmq1.Message{ID: fmq1.IDOhaiOK}, "aaa3 04")
	add(fmq1.Message{
		ID: fmq1.IDIcanhaz, Path: b("/p"), Options: []wire.Pair{{Key: b("RESYNC"), Value: b("1")}}, Cache: []wire.Pair{{Key: b("a"), Value: b("D")}},
	}, "aaa3 05 02 2f70 01 08 524553594e433d31 01 03 613d44")
	add(fmq1.Message{ID: fmq1.IDIcanhazOK}, "aaa3 06")
	add(fmq1.Message{ID: fmq1.IDNom, Credit: 1_000_000, Sequence: 7}, "aaa3 07 00000000000f4240 0000000000000007")
	add(fmq1.Message{
		ID: fmq1.IDCheezburger, Sequence: 7, Operation: fmq1.OperationDelete, Filename: b("/p/a"), Offset: 5,
		Headers: []wire.Pair{{Key: b("K"), Value: b("V")}}, Chunk: b("hello"),
	}, "aaa3 08 0000000000000007 02 04 2f702f61 0000000000000005 01 03 4b3d56 | 68656c6c6f")
	add(fmq1.Message{ID: fmq1.IDHugz}, "aaa3 09")
	add(fmq1.Message{ID: fmq1.IDHugzOK}, "aaa3 0a")
	add(fmq1.Message{ID: fmq1.IDKthxbai}, "aaa3 0b")
	add(fmq1.Message{ID: fmq1.IDSrsly, Reason: b("no")}, "aaa3 80 02 6e6f")
	add(fmq1.Message{ID: fmq1.IDRtfm, Reason: b("no")}, "aaa3 81 02 6e6f")
	return list
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases(t)) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases(f)) }

func TestRefused(t *testing.T) {
	frames := func(text string) [][]byte { return codectest.Frames(t, text) }
	codec.Refused(t, []codectest.Refusal{
		{frames("aaa1 09"), wire.ErrSignature, "message signature, octet 0: "},
		{frames("aaa3 0c"), wire.ErrUnknownID, "ID(12) id, octet 3: "},
		{frames("aaa3 01 06 46494c454d51 0002"), wire.ErrVersion, "OHAI version, octet 11: "}, // FILEMQ/2
		{frames("aaa3 01 00 01"), wire.ErrConstant, "OHAI protocol, "},
		{frames("aaa3 02 01 05 504c41494e"), wire.ErrMissingFrame, "ORLY challenge, "},
		{frames("aaa3 05 00 01 06 524553594e43 00"), wire.ErrPair, "ICANHAZ options, octet 5: "},
		{frames("aaa3 05 00 00 ff"), wire.ErrTruncated, "ICANHAZ cache, octet 5: "},
		{frames("aaa3 05 01 00 00 00"), wire.ErrNUL, "ICANHAZ path, "},
		{frames("aaa3 09 | 00"), wire.ErrExtraFrame, "HUGZ, "},
	})
}
