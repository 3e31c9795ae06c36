package zre_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"pgregory.net/rapid"
)

// messages draws any message that can be sent, with nothing in the fields that it does not have.
func messages() *rapid.Generator[*zre.Message] {
	octets := rapid.SliceOfN(rapid.Byte(), 0, 255)
	long := rapid.SliceOfN(rapid.Byte(), 0, 600)
	name := rapid.SliceOfN(rapid.ByteRange(1, 255), 0, 255)
	longName := rapid.SliceOfN(rapid.ByteRange(1, 255), 0, 600)
	pair := rapid.Custom(func(t *rapid.T) wire.Pair {
		return wire.Pair{Key: name.Draw(t, "key"), Value: long.Draw(t, "value")}
	})
	return rapid.Custom(func(t *rapid.T) *zre.Message {
		m := &zre.Message{
			ID:       zre.ID(rapid.ByteRange(1, 10).Draw(t, "id")),
			Sequence: rapid.Uint16().Draw(t, "sequence"),
		}
		switch m.ID {
		case zre.IDHello:
			m.Endpoint = octets.Draw(t, "endpoint")
			m.Groups = rapid.SliceOfN(longName, 0, 20).Draw(t, "groups")
			m.Status = rapid.Byte().Draw(t, "status")
			m.Name = name.Draw(t, "name")
			m.Headers = rapid.SliceOfN(pair, 0, 20).Draw(t, "headers")
		case zre.IDWhisper, zre.IDShout:
			m.Content = rapid.SliceOfN(long, 0, 5).Draw(t, "content")
		case zre.IDJoin, zre.IDLeave:
			m.Status = rapid.Byte().Draw(t, "status")
		case zre.IDElect:
			m.ChallengerID = octets.Draw(t, "challenger-id")
		case zre.IDLeader:
			m.LeaderID = octets.Draw(t, "leader-id")
		}
		if m.ID >= zre.IDShout && m.ID != zre.IDPing && m.ID != zre.IDPingOK && m.ID != zre.IDGoodbye {
			m.Group = name.Draw(t, "group")
		}
		return m
	})
}

func TestRoundTrip(t *testing.T) {
	var got zre.Message
	rapid.Check(t, func(t *rapid.T) {
		m := messages().Draw(t, "message")
		first, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		frames := m.AppendRest([][]byte{first})
		if err := got.Parse(frames); err != nil {
			t.Fatal(err)
		}
		if !equal(&got, m) {
			t.Fatalf("got %+v", got)
		}
		cut := rapid.IntRange(0, len(first)-1).Draw(t, "cut")
		if err := got.Parse(slices.Concat([][]byte{first[:cut]}, frames[1:])); err == nil {
			t.Fatalf("cut to %d octets of %d it is accepted", cut, len(first))
		}
	})
}

// FuzzParse gives Parse anything: frames are cut where the input says. What it accepts encodes to the same
// frames again, since each message has one encoding only, and what it refuses has one of wire's errors.
func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.frames[0], bytes.Join(v.frames[1:], nil), uint8(len(v.frames)-1))
	}
	f.Add([]byte{0xAA, 0xA1, 1, 2, 0, 1, 0, 0xff, 0xff, 0xff, 0xff}, []byte{}, uint8(0))
	known := []error{
		wire.ErrTruncated, wire.ErrTrailing, wire.ErrSignature, wire.ErrVersion, wire.ErrUnknownID,
		wire.ErrMissingFrame, wire.ErrExtraFrame, wire.ErrNUL,
	}
	var m zre.Message
	f.Fuzz(func(t *testing.T, first, rest []byte, count uint8) {
		frames := [][]byte{first}
		for n := int(count % 8); n > 0; n-- {
			frames = append(frames, rest[:len(rest)/n])
			rest = rest[len(rest)/n:]
		}
		if err := m.Parse(frames); err != nil {
			if !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
				t.Fatalf("unknown error %v", err)
			}
			return
		}
		again, err := m.Append(nil)
		if err != nil {
			t.Fatalf("accepted, but it cannot be encoded: %v", err)
		}
		if got := m.AppendRest([][]byte{again}); !slices.EqualFunc(got, frames, bytes.Equal) {
			t.Fatalf("accepted %x, encoded %x", frames, got)
		}
	})
}
