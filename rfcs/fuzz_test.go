package rfcs_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// FuzzDecoders gives the decoders of all protocols anything. What a codec says has to be what the model says, by the name of
// the error too; and what it accepts it has to encode to the same frames again, since each message has one encoding.
func FuzzDecoders(f *testing.F) {
	var classes []*zproto.Class
	for i, p := range protocols {
		classes = append(classes, p.class(f))
		for _, v := range vectors(f, p.folder) {
			if text := asText(v.frames); len(v.frames) > 0 && len(text) < 200 {
				f.Add(byte(i), string(text))
			}
		}
	}
	f.Fuzz(func(t *testing.T, which byte, text string) {
		i := int(which) % len(protocols)
		p, class, codec, frames := protocols[i], classes[i], newCodec(protocols[i]), asFrames([]byte(text))
		as := class.Messages[0]
		values, want := class.Decode(frames, as)
		err := codec.decode(frames, as.Name)
		if want == nil {
			if err != nil {
				t.Fatalf("%s refuses %x: %v", p.folder, frames, err)
			}
			read, err := readVectors("decoded", "-- decoded --\n"+values.Text())
			if err != nil {
				t.Fatal(err)
			}
			if err := codec.same(read[0]); err != nil {
				t.Fatalf("%s decodes %x: %v", p.folder, frames, err)
			}
			again, err := codec.encode()
			if err != nil || !slices.EqualFunc(again, frames, bytes.Equal) {
				t.Fatalf("%s decodes %x and encodes %x, %v", p.folder, frames, again, err)
			}
		} else if fault(err) != want.Error() {
			t.Fatalf("%s, %x: %v, not %v", p.folder, frames, err, want)
		}
	})
}
