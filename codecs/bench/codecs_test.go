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
	encode func(buf []byte) ([]byte, error) // appends to buf, or fills it; it has room
	decode func(octets []byte) error
	// copies says that what decode gives does not alias octets.
	copies bool
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
			octets, err := c.encode(make([]byte, 0, 1<<17))
			if err != nil {
				b.Fatal(err)
			}
			octets = bytes.Clone(octets)
			b.Run("message="+message+"/codec="+c.name+"/do=encode", func(b *testing.B) {
				buf := make([]byte, 0, 1<<17)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.encode(buf); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(octets)), "octets")
			})
			b.Run("message="+message+"/codec="+c.name+"/do=decode", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := c.decode(octets); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestSameContent holds the comparison honest: what one decodes is what it encoded, all of it.
func TestSameContent(t *testing.T) {
	least := map[string]int{"HELLO": 160, "WHISPER": len(content), "CHEEZBURGER": len(chunk) + len(filename)}
	for message, codecs := range rows() {
		for _, c := range codecs {
			octets, err := c.encode(make([]byte, 0, 1<<17))
			if err != nil {
				t.Fatal(err)
			}
			if len(octets) < least[message] {
				t.Errorf("%s by %s has %d octets, less than its content", message, c.name, len(octets))
			}
			if err := c.decode(octets); err != nil {
				t.Errorf("%s by %s: %v", message, c.name, err)
			}
			if err := c.decode(octets[:len(octets)-1]); err == nil {
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

// zreCodec counts as octets what all frames have. The content of a WHISPER is a frame that is handed on as it is: that is
// the protocol's own way to encode it, and to decode it.
func zreCodec(out *zre.Message) codec {
	var in zre.Message
	var list [8][]byte
	first := 0
	return codec{
		name: "gozyre",
		encode: func(buf []byte) ([]byte, error) {
			b, err := out.Append(buf)
			if err != nil {
				return nil, err
			}
			first = len(b)
			rest := out.AppendRest(list[:0])
			if len(rest) == 0 {
				return b, nil
			}
			return append(b, rest[0]...), nil
		},
		decode: func(octets []byte) error {
			frames := append(list[:0], octets[:min(first, len(octets))])
			if out.ID == zre.IDWhisper {
				frames = append(frames, octets[first:])
			}
			if err := in.Parse(frames); err != nil {
				return err
			}
			if out.ID == zre.IDWhisper && len(in.Content[0]) != len(content) {
				return wire.ErrTruncated
			}
			return nil
		},
	}
}

func fmqChunk(copies bool) codec {
	out := &fmq.Message{ID: fmq.IDCheezburger, Sequence: 7, Operation: 1, Filename: filename, Offset: 250_000, Headers: headers[:1], Chunk: chunk}
	var in fmq.Message
	var list [1][]byte
	var own []byte
	c := codec{
		name:   "gozyre",
		encode: out.Append,
		decode: func(octets []byte) error {
			list[0] = octets
			if err := in.Parse(list[:]); err != nil {
				return err
			}
			if copies {
				own = append(own[:0], in.Chunk...)
			}
			return nil
		},
		copies: copies,
	}
	if copies {
		c.name = "gozyre-copies"
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
		encode: func(buf []byte) ([]byte, error) { return proto.MarshalOptions{}.MarshalAppend(buf, out) },
		decode: func(octets []byte) error { return proto.Unmarshal(octets, in) },
		copies: true,
	}
}

// vt is what vtprotobuf adds to a message.
type vt interface {
	MarshalToVT([]byte) (int, error)
	SizeVT() int
}

func vtCodec(name string, out vt, decode func([]byte) error, copies bool) codec {
	return codec{
		name: name,
		encode: func(buf []byte) ([]byte, error) {
			n, err := out.MarshalToVT(buf[:out.SizeVT()])
			return buf[:n], err
		},
		decode: decode,
		copies: copies,
	}
}

// The unsafe decoding of vtprotobuf aliases what it reads, as ours does.

func vtHello() codec {
	var in protobuf.Hello
	return vtCodec("vtprotobuf", protobufHello(), func(octets []byte) error {
		in.Groups, in.Headers = in.Groups[:0], in.Headers[:0]
		return in.UnmarshalVTUnsafe(octets)
	}, false)
}

func vtWhisper() codec {
	var in protobuf.Whisper
	return vtCodec("vtprotobuf", protobufWhisper(), in.UnmarshalVTUnsafe, false)
}

func vtChunk() codec {
	var in protobuf.Cheezburger
	return vtCodec("vtprotobuf", protobufChunk(), func(octets []byte) error {
		in.Headers = in.Headers[:0]
		return in.UnmarshalVTUnsafe(octets)
	}, false)
}

func vtChunkCopies() codec {
	var in protobuf.Cheezburger
	return vtCodec("vtprotobuf-copies", protobufChunk(), func(octets []byte) error {
		in.Headers = in.Headers[:0]
		return in.UnmarshalVT(octets)
	}, true)
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
		encode: encode,
		decode: func(octets []byte) error {
			_, err := decode(octets)
			return err
		},
		copies: true,
	}
}
