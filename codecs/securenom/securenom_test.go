package securenom_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/securenom"
	"github.com/zeromq/gozyre/codecs/wire"
)

var codec = codectest.Codec[securenom.Message]{
	Encode: func(m *securenom.Message) ([][]byte, error) { return m.AppendFrames(nil, nil) },
	Parse:  (*securenom.Message).Parse,
}

func cases() []codectest.Case[securenom.Message] {
	list := []codectest.Case[securenom.Message]{
		{
			Name: "ORLY", M: securenom.Message{ID: securenom.IDOrly, Mechanisms: []byte("PLAIN ANONYMOUS")},
			Frames: codectest.Texts("ORLY", "PLAIN ANONYMOUS", ""),
		},
		{
			Name: "YARLY", M: securenom.Message{ID: securenom.IDYarly, Mechanism: []byte("PLAIN"), Response: []byte("\x00Joe\x00secret")},
			Frames: codectest.Texts("YARLY", "PLAIN", "\x00Joe\x00secret"),
		},
	}
	for _, id := range []securenom.ID{
		securenom.IDOhai, securenom.IDOhaiOK, securenom.IDWtf, securenom.IDIcanhaz, securenom.IDCheezburger, securenom.IDHugz, securenom.IDHugzOK,
	} {
		list = append(list, codectest.Case[securenom.Message]{Name: id.String(), M: securenom.Message{ID: id}, Frames: codectest.Texts(id.String())})
	}
	return list
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases()) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases()) }

func TestRefused(t *testing.T) {
	codec.Refused(t, []codectest.Refusal{
		{codectest.Texts("OHAI", "Joe"), wire.ErrExtraFrame, "OHAI: "}, // NOM
		{codectest.Texts("ORLY", "PLAIN"), wire.ErrMissingFrame, "ORLY challenge: "},
		{codectest.Texts("ORLY", "PLAIN\x00", ""), wire.ErrNUL, "ORLY mechanisms: "},
		{codectest.Texts("YARLY", "PLAIN"), wire.ErrMissingFrame, "YARLY response: "},
		{codectest.Texts("YARLY", "\x00", ""), wire.ErrNUL, "YARLY mechanism: "},
		{codectest.Texts("SRSLY"), wire.ErrUnknownID, "message id: "},
	})
}
