package nom_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/nom"
	"github.com/zeromq/gozyre/codecs/wire"
)

var codec = codectest.Codec[nom.Message]{
	Encode: func(m *nom.Message) ([][]byte, error) { return m.AppendFrames(nil, nil) },
	Parse:  (*nom.Message).Parse,
}

func cases() []codectest.Case[nom.Message] {
	list := []codectest.Case[nom.Message]{
		{Name: "OHAI", M: nom.Message{ID: nom.IDOhai, Name: []byte("Joe")}, Frames: codectest.Texts("OHAI", "Joe")},
		{Name: "OHAI of nobody", M: nom.Message{ID: nom.IDOhai}, Frames: codectest.Texts("OHAI", "")},
	}
	for _, id := range []nom.ID{nom.IDOhaiOK, nom.IDWtf, nom.IDIcanhaz, nom.IDCheezburger, nom.IDHugz, nom.IDHugzOK} {
		list = append(list, codectest.Case[nom.Message]{Name: id.String(), M: nom.Message{ID: id}, Frames: codectest.Texts(id.String())})
	}
	return list
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases()) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases()) }

func TestRefused(t *testing.T) {
	codec.Refused(t, []codectest.Refusal{
		{nil, wire.ErrMissingFrame, "message id: "},
		{codectest.Texts(""), wire.ErrUnknownID, "message id: "},
		{codectest.Texts("ohai", "Joe"), wire.ErrUnknownID, "message id: "},
		{codectest.Texts("OHAI\n", "Joe"), wire.ErrUnknownID, "message id: "},
		{codectest.Texts("OHAI"), wire.ErrMissingFrame, "OHAI name: "},
		{codectest.Texts("OHAI", "J\x00e"), wire.ErrNUL, "OHAI name: "},
		{codectest.Texts("OHAI", "Joe", ""), wire.ErrExtraFrame, "OHAI: "},
		{codectest.Texts("HUGZ", ""), wire.ErrExtraFrame, "HUGZ: "},
	})
}

func TestAppendRefuses(t *testing.T) {
	m := nom.Message{ID: nom.IDOhai, Name: []byte("J\x00e")}
	if frames, err := m.AppendFrames(nil, nil); !errors.Is(err, wire.ErrNUL) || frames != nil {
		t.Errorf("got %q, %v", frames, err)
	}
}

// server answers what it is asked, with what Dispatch needs: a method for each message.
type server struct{ reply nom.Message }

func (s *server) OnOhai(m *nom.Message) {
	s.reply.ID = nom.IDWtf
	if string(m.Name) == "Joe" {
		s.reply.ID = nom.IDOhaiOK
	}
}
func (s *server) OnIcanhaz(*nom.Message)     { s.reply.ID = nom.IDCheezburger }
func (s *server) OnHugz(*nom.Message)        { s.reply.ID = nom.IDHugzOK }
func (s *server) OnHugzOK(*nom.Message)      {}
func (s *server) OnOhaiOK(*nom.Message)      {} // only a server sends this and the next two
func (s *server) OnWtf(*nom.Message)         {}
func (s *server) OnCheezburger(*nom.Message) {}

func Example() {
	request := nom.Message{ID: nom.IDOhai, Name: []byte("Joe")}
	frames, err := request.AppendFrames(nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", frames)

	var in nom.Message
	if err := in.Parse(frames); err != nil {
		fmt.Println(err)
		return
	}
	var s server
	in.Dispatch(&s)
	fmt.Println(s.reply.ID)
	// Output:
	// [OHAI Joe]
	// OHAI-OK
}
