package zrelog_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zrelog"
)

var codec = codectest.Codec[zrelog.Message]{
	Encode: func(m *zrelog.Message) ([][]byte, error) {
		first, err := m.Append(nil)
		return [][]byte{first}, err
	},
	Parse: (*zrelog.Message).Parse,
}

// Written by hand from the table of fields.
func cases(tb testing.TB) []codectest.Case[zrelog.Message] {
	return []codectest.Case[zrelog.Message]{
		{
			Name: "LOG", M: zrelog.Message{
				ID: zrelog.IDLog, Level: zrelog.LevelInfo, Event: zrelog.EventEnter, Node: 0x0102, Peer: 0x0304, Time: 1_700_000_000, Data: []byte("hi"),
			},
			Frames: codectest.Frames(tb, "aaa2 01 03 03 0102 0304 000000006553f100 02 6869"),
		},
		{
			Name: "a level and an event that we do not know", M: zrelog.Message{ID: zrelog.IDLog, Level: 9, Event: 200},
			Frames: codectest.Frames(tb, "aaa2 01 09 c8 0000 0000 0000000000000000 00"),
		},
	}
}

func TestBothDirections(t *testing.T) { codec.BothDirections(t, cases(t)) }

func FuzzParse(f *testing.F) { codec.Fuzz(f, cases(f)) }

func TestRefused(t *testing.T) {
	frames := func(text string) [][]byte { return codectest.Frames(t, text) }
	codec.Refused(t, []codectest.Refusal{
		{frames("aaa1 01 03 03 0102 0304 000000006553f100 00"), wire.ErrSignature, "message signature, octet 0: "},
		{frames("aaa2 02 03"), wire.ErrUnknownID, "ID(2) id, octet 3: "},
		{frames("aaa2 01 03 03 0102 0304 000000006553f100 02 68"), wire.ErrTruncated, "LOG data, octet 17: "},
		{frames("aaa2 01 03 03 0102 0304 000000006553f100 00 00"), wire.ErrTrailing, "LOG, octet 18: "},
		{frames("aaa2 01 03 03 0102 0304 000000006553f100 00 |"), wire.ErrExtraFrame, "LOG, octet 18: "},
	})
}

func TestLongData(t *testing.T) {
	m := zrelog.Message{ID: zrelog.IDLog, Data: bytes.Repeat([]byte("x"), 256)}
	if _, err := m.Append(nil); !errors.Is(err, wire.ErrTooLong) {
		t.Errorf("got %v: text that is longer is split by who logs, never cut here", err)
	}
}

// A collector that wants errors only subscribes to the first four octets of such a message.
func Example() {
	m := zrelog.Message{ID: zrelog.IDLog, Level: zrelog.LevelError, Event: zrelog.EventExit, Time: 1_700_000_000, Data: []byte("it is silent")}
	frame, err := m.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n", frame[:4])

	var in zrelog.Message
	if err := in.Parse([][]byte{frame}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %d %d: %s\n", in.ID, in.Level, in.Event, in.Data)
	// Output:
	// aaa20101
	// LOG 1 4: it is silent
}
