package server

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

func FuzzListed(f *testing.F) {
	f.Add([]byte("3 AA A\x00"), "/a")
	f.Add([]byte("5 0123456789012345678901234567890123456789 b/c\x006 0123456789012345678901234567890123456789 ../x\x00"), "/")
	f.Fuzz(func(t *testing.T, value []byte, path string) {
		path, ok := virtual.Clean(path)
		if !ok {
			return
		}
		m := &fmq.Message{Options: []wire.Pair{{Key: []byte("RESUME"), Value: value}}, Cache: []wire.Pair{{Key: value, Value: bytes.Repeat([]byte("a"), 40)}}}
		for name, k := range readListed(m, path) {
			if !virtual.Covers(path, name) || name == "/" || slices.Contains(strings.Split(name, "/"), "..") || k.Size < -1 || !k.OK {
				t.Errorf("%q: %+v", name, k)
			}
		}
	})
}
