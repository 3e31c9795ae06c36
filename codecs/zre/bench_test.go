package zre_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
)

// hello is a HELLO of 195 octets, the size that other codecs were measured with.
func hello() *zre.Message {
	return &zre.Message{
		ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://192.168.100.23:49152"),
		Groups: [][]byte{[]byte("CHAT"), []byte("GLOBAL"), []byte("SENSORS-1")},
		Status: 3, Name: []byte("node of bob"),
		Headers: []wire.Pair{
			{Key: []byte("X-FILEMQ"), Value: []byte("tcp://192.168.100.23:5670")},
			{Key: []byte("X-ZRELOG"), Value: []byte("tcp://192.168.100.23:9992")},
			{Key: []byte("X-ROLE"), Value: []byte("thermometer in the hall")},
		},
	}
}

func content() [][]byte { return [][]byte{[]byte("part1"), {}, []byte("part3")} }

// hot are the messages whose coding must not allocate.
func hot() []*zre.Message {
	return []*zre.Message{
		hello(),
		{ID: zre.IDWhisper, Sequence: 2, Content: content()},
		{ID: zre.IDShout, Sequence: 3, Group: []byte("CHAT"), Content: content()},
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, m := range hot() {
		b.Run(m.ID.String(), func(b *testing.B) {
			buf := make([]byte, 0, 1024)
			b.ReportAllocs()
			for b.Loop() {
				out, err := m.Append(buf)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(out)))
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, m := range hot() {
		b.Run(m.ID.String(), func(b *testing.B) {
			first, err := m.Append(nil)
			if err != nil {
				b.Fatal(err)
			}
			frames := append([][]byte{first}, m.Content...)
			var got zre.Message
			b.ReportAllocs()
			b.SetBytes(int64(len(first)))
			for b.Loop() {
				if err := got.Parse(frames); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
