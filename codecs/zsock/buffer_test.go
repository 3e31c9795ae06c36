package zsock_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func TestBuffers(t *testing.T) {
	for octets, want := range map[int]int{0: 0, 1: 1, 65_535: 65_536, 65_536: 65_536, 65_537: 131_072, 4 << 20: 4 << 20, 4<<20 + 1: 4<<20 + 1} {
		if b := zsock.NewBuffer(octets); len(b) != 0 || cap(b) < octets || octets > 40_000 && cap(b) != want {
			t.Errorf("%d octets: got a buffer of %d and %d", octets, len(b), cap(b))
		}
	}
	// What may be recycled is only what is whole.
	b := zsock.NewBuffer(100_000)
	frames := [][]byte{b[:100_000], b[:10:10], nil, make([]byte, 70_000)}
	zsock.Recycle(frames)
	if frames[0] != nil {
		t.Error("a recycled frame is still there")
	}
	for range 10 {
		if b := zsock.NewBuffer(70_000); cap(b) != 128<<10 {
			t.Errorf("got a buffer of %d", cap(b))
		}
	}
}
