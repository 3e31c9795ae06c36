package rfcs_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// TestConformance holds the generated codecs to the vectors, in both directions.
func TestConformance(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.folder, func(t *testing.T) {
			codec := newCodec(p)
			counts := map[string]int{}
			for _, v := range vectors(t, p.folder) {
				counts[v.check(t, codec)]++
			}
			report(t, "%s: %d messages both ways, %d refused by the decoder, %d refused by the encoder",
				p.folder, counts["both"], counts["decoder"], counts["encoder"])
			for _, kind := range []string{"both", "decoder"} {
				if counts[kind] == 0 {
					t.Errorf("no vector is for %s", kind)
				}
			}
		})
	}
}

// check tests what a vector says, and tells what that is.
func (v *vector) check(t *testing.T, c *codec) string {
	t.Helper()
	if v.err != "" && faults[v.err] == nil {
		t.Errorf("%s: unknown error %q", v, v.err)
	}
	if v.message == "" {
		if got := fault(c.decode(v.frames, v.claim())); got != v.err || v.err == "" {
			t.Errorf("%s: %q, not %q", v, got, v.err)
		}
		return "decoder"
	}
	if err := c.set(v); err != nil {
		t.Errorf("%s: %v", v, err)
	}
	frames, err := c.encode()
	if got := fault(err); got != v.err {
		t.Errorf("%s: encoding gives %q, not %q", v, got, v.err)
	}
	if v.err != "" {
		return "encoder"
	}
	if !slices.EqualFunc(frames, v.frames, bytes.Equal) {
		t.Errorf("%s: encoded %x, not %x", v, frames, v.frames)
	}
	if err := c.decode(v.frames, v.claim()); err != nil {
		t.Errorf("%s: %v", v, err)
		return "both"
	}
	if err := c.same(v); err != nil {
		t.Errorf("%s: %v", v, err)
	}
	return "both"
}

// report says what was counted, for whoever asks with -v.
func report(tb testing.TB, format string, args ...any) {
	tb.Helper()
	tb.Attr("counts", fmt.Sprintf(format, args...))
}
