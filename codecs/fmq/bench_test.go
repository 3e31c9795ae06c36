package fmq_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/internal/codectest"
	"github.com/zeromq/gozyre/codecs/wire"
)

// hot are the messages whose coding must not allocate. The first is the one that other codecs were measured with.
func hot() []*fmq.Message {
	return []*fmq.Message{
		{
			ID: fmq.IDCheezburger, Sequence: 1, Operation: fmq.OperationCreate, Filename: b("/photos/2024/a picture of a cat.jpg"),
			Offset: 1 << 20, Chunk: make([]byte, 64<<10),
		},
		{ID: fmq.IDNom, Credit: 1 << 20, Sequence: 17},
		{
			ID: fmq.IDIcanhaz, Path: b("/photos"), Options: []wire.Pair{{Key: b("RESYNC"), Value: b("1")}},
			Cache: []wire.Pair{{Key: b("/a.txt"), Value: b("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")}},
		},
		{ID: fmq.IDOrly, Mechanisms: codectest.Texts("PLAIN", "ANONYMOUS"), Challenge: b("c")},
	}
}

// handler counts what it is called with.
type handler struct{ calls int }

func (h *handler) OnOhai(*fmq.Message)        { h.calls++ }
func (h *handler) OnOrly(*fmq.Message)        { h.calls++ }
func (h *handler) OnYarly(*fmq.Message)       { h.calls++ }
func (h *handler) OnOhaiOK(*fmq.Message)      { h.calls++ }
func (h *handler) OnIcanhaz(*fmq.Message)     { h.calls++ }
func (h *handler) OnIcanhazOK(*fmq.Message)   { h.calls++ }
func (h *handler) OnNom(*fmq.Message)         { h.calls++ }
func (h *handler) OnCheezburger(*fmq.Message) { h.calls++ }
func (h *handler) OnHugz(*fmq.Message)        { h.calls++ }
func (h *handler) OnHugzOK(*fmq.Message)      { h.calls++ }
func (h *handler) OnKthxbai(*fmq.Message)     { h.calls++ }
func (h *handler) OnSrsly(*fmq.Message)       { h.calls++ }
func (h *handler) OnRtfm(*fmq.Message)        { h.calls++ }

func TestNoAllocations(t *testing.T) {
	buf := make([]byte, 0, 70<<10)
	frames := make([][]byte, 0, 8)
	for _, m := range hot() {
		if n := testing.AllocsPerRun(100, func() {
			first, err := m.Append(buf)
			if err != nil {
				t.Fatal(err)
			}
			frames = m.AppendRest(append(frames[:0], first))
		}); n != 0 {
			t.Errorf("%s: Append allocates %v times", m.ID, n)
		}
		var got fmq.Message
		var h handler
		if n := testing.AllocsPerRun(100, func() {
			if err := got.Parse(frames); err != nil {
				t.Fatal(err)
			}
			got.Dispatch(&h)
		}); n != 0 || h.calls == 0 {
			t.Errorf("%s: Parse and Dispatch allocate %v times; %d calls", m.ID, n, h.calls)
		}
	}
}

// A chunk is not copied.
func TestChunkLiesInTheFrame(t *testing.T) {
	first, err := hot()[0].Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	var m fmq.Message
	if err := m.Parse([][]byte{first}); err != nil {
		t.Fatal(err)
	}
	if &m.Chunk[0] != &first[len(first)-len(m.Chunk)] {
		t.Error("the chunk is a copy")
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, m := range hot() {
		b.Run(m.ID.String(), func(b *testing.B) {
			buf := make([]byte, 0, 70<<10)
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
			frames := m.AppendRest([][]byte{first})
			var got fmq.Message
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
