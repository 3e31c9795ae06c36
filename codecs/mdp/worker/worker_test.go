package worker_test

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/mdp/worker"
	"github.com/zeromq/gozyre/codecs/wire"
)

var codec = codectest.Codec[worker.Message]{
	Encode: func(m *worker.Message) ([][]byte, error) { return m.AppendFrames(nil, nil) },
	Parse:  (*worker.Message).Parse,
}

func cases() []codectest.Case[worker.Message] {
	client, body := []byte("\x00client"), codectest.Texts("a", "")
	return []codectest.Case[worker.Message]{
		{Name: "READY", M: worker.Message{ID: worker.IDReady, Service: []byte("echo")}, Frames: codectest.Texts("", "MDPW01", "\x01", "echo")},
		{
			Name: "REQUEST", M: worker.Message{ID: worker.IDRequest, Client: client, Body: body},
			Frames: codectest.Texts("", "MDPW01", "\x02", "\x00client", "", "a", ""),
		},
		{
			Name: "REPLY", M: worker.Message{ID: worker.IDReply, Client: client, Body: body},
			Frames: codectest.Texts("", "MDPW01", "\x03", "\x00client", "", "a", ""),
		},
		{Name: "HEARTBEAT", M: worker.Message{ID: worker.IDHeartbeat}, Frames: codectest.Texts("", "MDPW01", "\x04")},
		{Name: "DISCONNECT", M: worker.Message{ID: worker.IDDisconnect}, Frames: codectest.Texts("", "MDPW01", "\x05")},
	}
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases()) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases()) }

func TestRefused(t *testing.T) {
	codec.Refused(t, []codectest.Refusal{
		{codectest.Texts("", "MDPC01", "\x04"), wire.ErrConstant, "message protocol: "},
		{codectest.Texts(" ", "MDPW01", "\x04"), wire.ErrConstant, "message empty: "},
		{codectest.Texts("", "MDPW01"), wire.ErrMissingFrame, "message id: "},
		{codectest.Texts("", "MDPW01", ""), wire.ErrTruncated, "message id: "},
		{codectest.Texts("", "MDPW01", "\x04\x00"), wire.ErrTrailing, "message id: "},
		{codectest.Texts("", "MDPW01", "\x06"), wire.ErrUnknownID, "ID(6) id: "},
		{codectest.Texts("", "MDPW01", "\x02", "client", "no delimiter", "a"), wire.ErrConstant, "REQUEST delimiter: "},
		{codectest.Texts("", "MDPW01", "\x03", "client", ""), wire.ErrMissingFrame, "REPLY body: "},
		{codectest.Texts("", "MDPW01", "\x04", ""), wire.ErrExtraFrame, "HEARTBEAT: "},
	})
}

func TestAppendRefuses(t *testing.T) {
	for _, c := range []struct {
		m    worker.Message
		want error
	}{
		{worker.Message{ID: worker.IDReply, Client: []byte("c")}, wire.ErrMissingFrame},
		{worker.Message{ID: 6}, wire.ErrUnknownID},
	} {
		if frames, err := c.m.AppendFrames(nil, nil); !errors.Is(err, c.want) || frames != nil {
			t.Errorf("got %q, %v, want %v", frames, err, c.want)
		}
	}
}
