package client_test

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/mdp/client"
	"github.com/zeromq/gozyre/codecs/wire"
)

// as is the codec of one of the two messages: which it is, is not on the wire.
func as(id client.ID) codectest.Codec[client.Message] {
	return codectest.Codec[client.Message]{
		Encode: func(m *client.Message) ([][]byte, error) { return m.AppendFrames(nil, nil) },
		Parse:  func(m *client.Message, frames [][]byte) error { return m.ParseAs(id, frames) },
	}
}

func cases(id client.ID) []codectest.Case[client.Message] {
	return []codectest.Case[client.Message]{
		{
			Name: id.String(), M: client.Message{ID: id, Service: []byte("echo"), Body: codectest.Texts("a", "")},
			Frames: codectest.Texts("", "MDPC01", "echo", "a", ""),
		},
		{
			Name: id.String() + " of nothing", M: client.Message{ID: id, Body: codectest.Texts("")},
			Frames: codectest.Texts("", "MDPC01", "", ""),
		},
	}
}

func TestBothDirections(t *testing.T) {
	for _, id := range []client.ID{client.IDRequest, client.IDReply} {
		as(id).BothDirections(t, cases(id))
	}
}

func FuzzParse(f *testing.F) { as(client.IDReply).Fuzz(f, cases(client.IDReply)) }

func TestRefused(t *testing.T) {
	as(client.IDRequest).Refused(t, []codectest.Refusal{
		{nil, wire.ErrMissingFrame, "message empty: "},
		{codectest.Texts("MDPC01", "echo", "a"), wire.ErrConstant, "message empty: "}, // as a REQ socket gives it
		{codectest.Texts("", "MDPC02", "echo", "a"), wire.ErrConstant, "message protocol: "},
		{codectest.Texts("", "MDPC01"), wire.ErrMissingFrame, "REQUEST service: "},
		{codectest.Texts("", "MDPC01", "echo"), wire.ErrMissingFrame, "REQUEST body: "},
	})
	as(3).Refused(t, []codectest.Refusal{{codectest.Texts("", "MDPC01", "echo", "a"), wire.ErrUnknownID, "ID(3) id: "}})
}

func TestAppendRefuses(t *testing.T) {
	for _, c := range []struct {
		m    client.Message
		want error
	}{
		{client.Message{ID: client.IDRequest, Service: []byte("echo")}, wire.ErrMissingFrame},
		{client.Message{ID: 3, Body: codectest.Texts("a")}, wire.ErrUnknownID},
	} {
		if frames, err := c.m.AppendFrames(nil, nil); !errors.Is(err, c.want) || frames != nil {
			t.Errorf("got %q, %v, want %v", frames, err, c.want)
		}
	}
}
