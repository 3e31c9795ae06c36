package fmq

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

func pairsOf(texts ...string) (list []wire.Pair) {
	for i := 0; i < len(texts); i += 2 {
		list = append(list, wire.Pair{Key: []byte(texts[i]), Value: []byte(texts[i+1])})
	}
	return list
}

// FuzzReceive gives the receiver whatever CHEEZBURGERs: nothing is written outside of the inbox or delivered mixed, credit is conserved, and
// nothing panics. Four octets of input make one message.
func FuzzReceive(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x0a\x00\x01\x0a\x80"))
	f.Add([]byte("\x00\x00\x00\x0a\x01\x00\x00\x0a\x00\x01\x0a\x80\x02\x00\x00\x00"))
	f.Add([]byte("\x03\x00\x00\xff\x04\x00\x00\xff\x05\x07\xff\xff\x06\x06\xff\x00"))
	names := []string{"/in/a", "/in/b", "/in/a/c", "/in/../../out", "/in/", "/out", "in/a", "/in/d/../e", "/in", "/in/.filemq/index", "/in/\xff", "/in/-"}
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) > 400 {
			return
		}
		outside := t.TempDir()
		in, err := inbox.Open(filepath.Join(outside, "inbox"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		c := &Client{events: make(chan Event, 1000), store: disk{in}, log: slog.New(slog.DiscardHandler), dir: filepath.Join(outside, "inbox")}
		w := &wants{longest: []client.Subscription{{Path: "/in", Resync: true, Mirror: true}}}
		w.inOrder, w.servers = w.longest, 1
		c.wants.Store(w)
		var back int64
		r := &receiver{
			session: &session{client: c, ctx: t.Context(), anew: map[string]time.Time{}}, window: 100, queue: newQueue(),
			report: func(s client.Stored) { back += s.Credit }, again: func(string, string) {},
		}
		var given int64
		for i := uint64(1); len(input) >= 4; i++ {
			chunk := client.Chunk{
				Sequence: i, Operation: 1, Filename: []byte(names[int(input[0]&0x0f)%len(names)]), Offset: offset(input[1], input[2]),
				Content: make([]byte, input[3]&0x3f), End: input[3]&0x80 != 0,
			}
			for j := range chunk.Content {
				chunk.Content[j] = chunk.Filename[len(chunk.Filename)-1] // another one in each file
			}
			if input[0]&0x20 != 0 {
				chunk.Operation = input[3] & 3
			}
			if input[0]&0x40 != 0 {
				chunk.Headers = pairsOf("SIZE", fmt.Sprint(input[2]), "SYNCED", fmt.Sprint(input[1]))
			}
			chunk.Credit = int64(len(chunk.Content))
			given += chunk.Credit
			r.queue.put(item{chunk: chunk})
			if input[0]&0x80 != 0 && input[1] == 1 {
				r.queue.putGiveUp()
			}
			input = input[4:]
		}
		r.queue.close()
		r.run()
		if back != given {
			t.Errorf("%d octets of credit came back of %d", back, given)
		}
		for name, content := range files(t, outside) {
			if !strings.HasPrefix(name, "inbox/") {
				t.Errorf("outside of the inbox is %q", name)
			}
			if strings.Trim(content, content[:min(1, len(content))]) != "" {
				t.Errorf("%q is mixed: %q", name, content)
			}
		}
	})
}

// offset makes small and very large offsets out of two octets.
func offset(kind, low byte) uint64 {
	switch {
	case kind < 0xf0:
		return uint64(low)
	default:
		var b [8]byte
		b[0], b[7] = kind<<4, low
		return binary.BigEndian.Uint64(b[:])
	}
}
