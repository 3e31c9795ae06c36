package allframes

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
)

func b(s string) []byte { return []byte(s) }

var long = strings.Repeat("x", 300) // no length is on the wire, so none is too long

// One of every message, and its frames.
var vectors = []struct {
	m    Message
	wire [][]byte
}{
	{
		Message{ID: IDNumbers, Flags: 7, One: 1, Two: 0x0203, Four: 0x04050607, Eight: 0x08090a0b0c0d0e0f},
		codectest.Texts("ALL", "\x01\x02", "NUMBERS", "\x07", "\x01", "\x02\x03", "\x04\x05\x06\x07", "\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f",
			"\xff\xff\xff\xff\xff\xff\xff\xff"),
	},
	{
		Message{ID: IDTexts, Any: b("\x00"), Text: b(long)},
		codectest.Texts("ALL", "\x01\x02", "TEXTS", "\x00", "\x00", long, `say "hello"`),
	},
	{Message{ID: IDTexts}, codectest.Texts("ALL", "\x01\x02", "TEXTS", "\x00", "", "", `say "hello"`)},
	{
		Message{ID: IDFrames, Challenge: b("c"), More: b("m"), Rest: codectest.Texts("r1", "", "r3")},
		codectest.Texts("ALL", "\x01\x02", "FRAMES", "\x00", "c", "", "m", "r1", "", "r3"),
	},
	{Message{ID: IDFrames}, codectest.Texts("ALL", "\x01\x02", "FRAMES", "\x00", "", "", "")},
	{Message{ID: IDBody, Body: codectest.Texts("")}, codectest.Texts("ALL", "\x01\x02", "BODY", "\x00", "")},
	{Message{ID: IDEmpty}, codectest.Texts("ALL", "\x01\x02", "EMPTY", "\x00")},
}

var codec = codectest.Codec[Message]{
	Encode: func(m *Message) ([][]byte, error) { return m.AppendFrames(nil, nil) },
	Parse:  (*Message).Parse,
}

func cases() []codectest.Case[Message] {
	var list []codectest.Case[Message]
	for _, v := range vectors {
		list = append(list, codectest.Case[Message]{Name: v.m.ID.String(), M: v.m, Frames: v.wire})
	}
	return list
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases()) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases()) }

// Whatever room there is for what is written, and behind whatever frames.
func TestRoom(t *testing.T) {
	for _, v := range vectors {
		for _, buf := range [][]byte{nil, make([]byte, 3, 10), make([]byte, 0, 100)} {
			frames, err := v.m.AppendFrames(codectest.Texts("address"), buf)
			if err != nil || !slices.EqualFunc(frames[1:], v.wire, bytes.Equal) || string(frames[0]) != "address" {
				t.Errorf("%s: got %q, %v, want %q", v.m.ID, frames, err, v.wire)
			}
		}
	}
}

// An append to a frame must not reach the next.
func TestFramesHaveNoRoom(t *testing.T) {
	frames, err := vectors[0].m.AppendFrames(nil, make([]byte, 0, 100))
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		_ = append(frames[i], "!!!!!!!!"...)
	}
	if !slices.EqualFunc(frames, vectors[0].wire, bytes.Equal) {
		t.Errorf("got %q", frames)
	}
}

func TestNotWhole(t *testing.T) {
	var got Message
	for _, v := range vectors {
		needs := map[ID]int{IDFrames: 7, IDBody: 5}[v.m.ID]
		if needs == 0 {
			needs = len(v.wire)
		}
		for n := range v.wire {
			err := got.Parse(v.wire[:n])
			if n < needs != errors.Is(err, wire.ErrMissingFrame) {
				t.Errorf("%s with %d of %d frames: got %v", v.m.ID, n, len(v.wire), err)
			}
		}
		err := got.Parse(append(slices.Clone(v.wire), []byte{}))
		open := v.m.ID == IDFrames || v.m.ID == IDBody
		if open && err != nil || !open && !errors.Is(err, wire.ErrExtraFrame) {
			t.Errorf("%s with a frame more: got %v", v.m.ID, err)
		}
	}
}

// The numbers of one message, each too short and too long.
func TestNumbersHaveTheirSize(t *testing.T) {
	var m Message
	for _, i := range []int{1, 3, 4, 5, 6, 7, 8} {
		frames := slices.Clone(vectors[0].wire)
		whole := frames[i]
		for n := range whole {
			frames[i] = whole[:n]
			if err := m.Parse(frames); !errors.Is(err, wire.ErrTruncated) {
				t.Errorf("frame %d cut to %d: got %v", i, n, err)
			}
		}
		frames[i] = append(slices.Clone(whole), 0)
		if err := m.Parse(frames); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("frame %d with an octet more: got %v", i, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		frames [][]byte
		want   error
		text   string
	}{
		{nil, wire.ErrMissingFrame, "message protocol: "},
		{codectest.Texts("all", "\x01\x02", "EMPTY", "\x00"), wire.ErrConstant, "message protocol: "},
		{codectest.Texts("ALL", "\x01\x03", "EMPTY", "\x00"), wire.ErrVersion, "message version: "},
		{codectest.Texts("ALL", "\x01\x02", "empty", "\x00"), wire.ErrUnknownID, "message id: "},
		{codectest.Texts("ALL", "\x01\x02", "", "\x00"), wire.ErrUnknownID, "message id: "},
		{codectest.Texts("ALL", "\x01\x02", "NONE", ""), wire.ErrTruncated, "message flags: "},
		{codectest.Texts("ALL", "\x01\x02", "TEXTS", "\x00", "", "a\x00b", `say "hello"`), wire.ErrNUL, "TEXTS text: "},
		{codectest.Texts("ALL", "\x01\x02", "TEXTS", "\x00", "", "", "say hello"), wire.ErrConstant, "TEXTS fixed: "},
		{codectest.Texts("ALL", "\x01\x02", "FRAMES", "\x00", "", " ", ""), wire.ErrConstant, "FRAMES empty: "},
		{append(slices.Clone(vectors[0].wire[:8]), make([]byte, 8)), wire.ErrConstant, "NUMBERS largest: "},
		{codectest.Texts("ALL", "\x01\x02", "BODY", "\x00"), wire.ErrMissingFrame, "BODY body: "},
	} {
		var m Message
		err := m.Parse(c.frames)
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) {
			t.Errorf("%q: got %v, want %s%v", c.frames, err, c.text, c.want)
		}
		var place *wire.Error
		if !errors.As(err, &place) || place.Err != c.want || place.Offset != -1 {
			t.Errorf("%q: %#v is no *wire.Error with %v", c.frames, err, c.want)
		}
	}
}

// A message that a newer peer may have still has what all messages have.
func TestUnknownName(t *testing.T) {
	var m Message
	if err := m.Parse(codectest.Texts("ALL", "\x01\x02", "NEW", "\x05", "what", "else")); !errors.Is(err, wire.ErrUnknownID) || m.Flags != 5 || m.ID != 0 {
		t.Errorf("got %v, %+v", err, m)
	}
}

func TestAppendRefuses(t *testing.T) {
	for _, c := range []struct {
		m    Message
		want error
		text string
	}{
		{Message{}, wire.ErrUnknownID, "ID(0) id: "},
		{Message{ID: 6}, wire.ErrUnknownID, "ID(6) id: "},
		{Message{ID: IDTexts, Text: b("\x00")}, wire.ErrNUL, "TEXTS text: "},
		{Message{ID: IDBody}, wire.ErrMissingFrame, "BODY body: "},
	} {
		dst, err := c.m.AppendFrames(codectest.Texts("dst"), nil)
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), c.text) || len(dst) != 1 {
			t.Errorf("got %q, %v, want %s%v", dst, err, c.text, c.want)
		}
	}
}

// calls notes which method was called.
type calls struct {
	name string
	m    *Message
}

func (c *calls) OnNumbers(m *Message) { c.name, c.m = "NUMBERS", m }
func (c *calls) OnTexts(m *Message)   { c.name, c.m = "TEXTS", m }
func (c *calls) OnFrames(m *Message)  { c.name, c.m = "FRAMES", m }
func (c *calls) OnBody(m *Message)    { c.name, c.m = "BODY", m }
func (c *calls) OnEmpty(m *Message)   { c.name, c.m = "EMPTY", m }

func TestDispatch(t *testing.T) {
	for i := range vectors {
		m := &vectors[i].m
		var c calls
		if m.Dispatch(&c); c.name != m.ID.String() || c.m != m {
			t.Errorf("%s: got %s, %p", m.ID, c.name, c.m)
		}
	}
	var c calls
	if (&Message{ID: 6}).Dispatch(&c); c.name != "" {
		t.Errorf("no message: got %s", c.name)
	}
}

func TestNoAllocations(t *testing.T) {
	buf := make([]byte, 0, 100)
	dst := make([][]byte, 0, 20)
	var got Message
	var c calls
	for i := range vectors {
		v := &vectors[i]
		if n := testing.AllocsPerRun(100, func() {
			if _, err := v.m.AppendFrames(dst, buf); err != nil {
				t.Fatal(err)
			}
			if err := got.Parse(v.wire); err != nil {
				t.Fatal(err)
			}
			got.Dispatch(&c)
		}); n != 0 {
			t.Errorf("%s: %v allocations", v.m.ID, n)
		}
	}
}
