package bench

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/zeromq/gozyre/codecs/bench/internal/msgpack"
	"github.com/zeromq/gozyre/codecs/bench/internal/protobuf"
	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
)

// codec is one way to write a message down and to read it. Both reuse what they can, as a program does that handles many.
type codec struct {
	name   string
	encode func(buf []byte) ([][]byte, error) // the frames; the first is in buf, which has room
	decode func(frames [][]byte) error
}

// whole is the encoding of those that make one frame.
func whole(encode func([]byte) ([]byte, error)) func([]byte) ([][]byte, error) {
	var list [1][]byte
	return func(buf []byte) ([][]byte, error) {
		octets, err := encode(buf)
		list[0] = octets
		return list[:], err
	}
}

// The content of the rows. Every codec carries all of it.
var (
	endpoint = []byte("tcp://192.168.100.23:49152")
	groups   = [][]byte{[]byte("CHAT"), []byte("GLOBAL"), []byte("SENSORS-1")}
	name     = []byte("node of bob")
	headers  = []wire.Pair{
		{Key: []byte("X-FILEMQ"), Value: []byte("tcp://192.168.100.23:5670")},
		{Key: []byte("X-ZRELOG"), Value: []byte("tcp://192.168.100.23:9992")},
		{Key: []byte("X-ROLE"), Value: []byte("thermometer in the hall")},
	}
	content  = bytes.Repeat([]byte("0123456789abcdef"), 64)
	filename = []byte("/photos/2026/in the garden.jpg")
	chunk    = bytes.Repeat([]byte("0123456789abcdef"), 4096)
)

// rows are the messages, and the codecs of each; ours comes first.
func rows() map[string][]codec {
	return map[string][]codec{
		"HELLO":       {zreHello(), protobufCodec("protobuf", protobufHello(), &protobuf.Hello{}), vtHello(), msgpHello()},
		"WHISPER":     {zreWhisper(), protobufCodec("protobuf", protobufWhisper(), &protobuf.Whisper{}), vtWhisper(), msgpWhisper()},
		"CHEEZBURGER": {fmqChunk(false), fmqChunk(true), protobufCodec("protobuf", protobufChunk(), &protobuf.Cheezburger{}), vtChunk(), vtChunkCopies(), msgpChunk()},
	}
}

func BenchmarkCodecs(b *testing.B) {
	for message, codecs := range rows() {
		for _, c := range codecs {
			frames, size := encoded(b, c)
			b.Run("message="+message+"/codec="+c.name+"/do=encode", func(b *testing.B) {
				buf := make([]byte, 0, 1<<17)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.encode(buf); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(size), "octets")
			})
			b.Run("message="+message+"/codec="+c.name+"/do=decode", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := c.decode(frames); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// encoded gives what the codec makes, in memory of its own, and its octets.
func encoded(tb testing.TB, c codec) (frames [][]byte, size int) {
	tb.Helper()
	made, err := c.encode(make([]byte, 0, 1<<17))
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range made {
		frames = append(frames, bytes.Clone(f))
		size += len(f)
	}
	return frames, size
}

// TestSameContent holds the comparison honest: all content is in what one encodes, and one notices when the end is missing.
func TestSameContent(t *testing.T) {
	least := map[string]int{"HELLO": 160, "WHISPER": len(content), "CHEEZBURGER": len(chunk) + len(filename)}
	for message, codecs := range rows() {
		for _, c := range codecs {
			frames, size := encoded(t, c)
			if size < least[message] {
				t.Errorf("%s by %s has %d octets, less than its content", message, c.name, size)
			}
			if err := c.decode(frames); err != nil {
				t.Errorf("%s by %s: %v", message, c.name, err)
			}
			frames[0] = frames[0][:len(frames[0])-1]
			if err := c.decode(frames); err == nil {
				t.Errorf("%s by %s: decodes without its last octet", message, c.name)
			}
		}
	}
}

func zreHello() codec {
	out := &zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: endpoint, Groups: groups, Status: 3, Name: name, Headers: headers}
	return zreCodec(out)
}

func zreWhisper() codec {
	return zreCodec(&zre.Message{ID: zre.IDWhisper, Sequence: 2, Content: [][]byte{content}})
}

// zreCodec makes the frames that a socket takes. The content of a WHISPER is one of its own, handed on as it is: that is how
// the protocol encodes it, and what spares it the copy that the others have to make.
func zreCodec(out *zre.Message) codec {
	var in zre.Message
	var list [2][]byte
	return codec{
		name: "gozyre",
		encode: func(buf []byte) ([][]byte, error) {
			first, err := out.Append(buf)
			list[0] = first
			return out.AppendRest(list[:1]), err
		},
		decode: in.Parse,
	}
}

func fmqChunk(copies bool) codec {
	out := &fmq.Message{ID: fmq.IDCheezburger, Sequence: 7, Operation: 1, Filename: filename, Offset: 250_000, Headers: headers[:1], Chunk: chunk}
	var in fmq.Message
	var own []byte
	c := codec{
		name:   "gozyre",
		encode: whole(out.Append),
		decode: in.Parse,
	}
	if copies {
		c.name = "gozyre-copies"
		c.decode = func(frames [][]byte) error {
			err := in.Parse(frames)
			own = append(own[:0], in.Chunk...)
			return err
		}
	}
	return c
}

func protobufHeaders(list []wire.Pair) []*protobuf.Header {
	var headers []*protobuf.Header
	for _, h := range list {
		headers = append(headers, &protobuf.Header{Key: h.Key, Value: h.Value})
	}
	return headers
}

func protobufHello() *protobuf.Hello {
	return &protobuf.Hello{Sequence: 1, Endpoint: endpoint, Groups: groups, Status: 3, Name: name, Headers: protobufHeaders(headers)}
}

func protobufWhisper() *protobuf.Whisper { return &protobuf.Whisper{Sequence: 2, Content: content} }

func protobufChunk() *protobuf.Cheezburger {
	return &protobuf.Cheezburger{Sequence: 7, Operation: 1, Filename: filename, Offset: 250_000, Headers: protobufHeaders(headers[:1]), Chunk: chunk}
}

func protobufCodec(name string, out, in proto.Message) codec {
	return codec{
		name:   name,
		encode: whole(func(buf []byte) ([]byte, error) { return proto.MarshalOptions{}.MarshalAppend(buf, out) }),
		decode: func(frames [][]byte) error { return proto.Unmarshal(frames[0], in) },
	}
}

// vt is what vtprotobuf adds to a message.
type vt interface {
	MarshalToVT([]byte) (int, error)
	SizeVT() int
}

func vtCodec(name string, out vt, decode func([]byte) error) codec {
	return codec{
		name: name,
		encode: whole(func(buf []byte) ([]byte, error) {
			n, err := out.MarshalToVT(buf[:out.SizeVT()])
			return buf[:n], err
		}),
		decode: func(frames [][]byte) error { return decode(frames[0]) },
	}
}

// The unsafe decoding of vtprotobuf aliases what it reads, as ours does.

func vtHello() codec {
	var in protobuf.Hello
	return vtCodec("vtprotobuf", protobufHello(), func(octets []byte) error {
		in.Groups, in.Headers = in.Groups[:0], in.Headers[:0]
		return in.UnmarshalVTUnsafe(octets)
	})
}

func vtWhisper() codec {
	var in protobuf.Whisper
	return vtCodec("vtprotobuf", protobufWhisper(), in.UnmarshalVTUnsafe)
}

func vtChunk() codec {
	var in protobuf.Cheezburger
	return vtCodec("vtprotobuf", protobufChunk(), func(octets []byte) error {
		in.Headers = in.Headers[:0]
		return in.UnmarshalVTUnsafe(octets)
	})
}

func vtChunkCopies() codec {
	var in protobuf.Cheezburger
	return vtCodec("vtprotobuf-copies", protobufChunk(), func(octets []byte) error {
		in.Headers = in.Headers[:0]
		return in.UnmarshalVT(octets)
	})
}

func msgpHeaders(list []wire.Pair) []msgpack.Header {
	var headers []msgpack.Header
	for _, h := range list {
		headers = append(headers, msgpack.Header{Key: h.Key, Value: h.Value})
	}
	return headers
}

func msgpHello() codec {
	out := &msgpack.Hello{Sequence: 1, Endpoint: endpoint, Groups: groups, Status: 3, Name: name, Headers: msgpHeaders(headers)}
	return msgpCodec(out.MarshalMsg, new(msgpack.Hello).UnmarshalMsg)
}

func msgpWhisper() codec {
	out := &msgpack.Whisper{Sequence: 2, Content: content}
	return msgpCodec(out.MarshalMsg, new(msgpack.Whisper).UnmarshalMsg)
}

func msgpChunk() codec {
	out := &msgpack.Cheezburger{Sequence: 7, Operation: 1, Filename: filename, Offset: 250_000, Headers: msgpHeaders(headers[:1]), Chunk: chunk}
	return msgpCodec(out.MarshalMsg, new(msgpack.Cheezburger).UnmarshalMsg)
}

func msgpCodec(encode func([]byte) ([]byte, error), decode func([]byte) ([]byte, error)) codec {
	return codec{
		name:   "msgp",
		encode: whole(encode),
		decode: func(frames [][]byte) error {
			_, err := decode(frames[0])
			return err
		},
	}
}
