package zsocktest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// testSendOwned gives messages away whose memory is used for the next ones as soon as the transport recycles it.
func testSendOwned(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{HighWater: 20, HighWaterOctets: 1 << 20})
	send(t, out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice")}), "hello")
	in.message("hello")
	layouts := [][]int{{10}, {100_000}, {10, 100_000}, {100_000, 10}, {70_000, 80_000}, {0, 40_000}, {40_000, 0}}
	message := func(i int) (frames [][]byte) {
		for _, octets := range layouts[i%len(layouts)] {
			f := zsock.NewBuffer(octets)[:octets]
			for at := range f {
				f[at] = byte(i)
			}
			frames = append(frames, f)
		}
		return frames
	}
	whole := func(i int, frames [][]byte) {
		t.Helper()
		layout := layouts[i%len(layouts)]
		if len(frames) != len(layout) {
			t.Fatalf("message %d has %d frames, want %d", i, len(frames), len(layout))
		}
		for k, f := range frames {
			if len(f) != layout[k] || bytes.Count(f, []byte{byte(i)}) != len(f) {
				t.Fatalf("frame %d of message %d, of %d octets, is not what was sent", k, i, len(f))
			}
		}
	}
	n := p.some(300)
	got := 0
	take := func() {
		e := out.event()
		whole(got, e.Frames)
		zsock.Recycle(e.Frames)
		got++
	}
	for i := range n {
		frames := message(i)
		for {
			err := zsock.SendOwned(r, []byte("alice"), frames)
			if err == nil {
				break
			}
			if !errors.Is(err, zsock.ErrFull) {
				t.Fatal(err)
			}
			whole(i, frames) // they are ours still
			take()
		}
	}
	for got < n {
		take()
	}
	frames := message(1)
	if err := zsock.SendOwned(r, []byte("bob"), frames); !errors.Is(err, zsock.ErrUnknownPeer) {
		t.Errorf("got %v, want ErrUnknownPeer", err)
	}
	whole(1, frames)
}
