//go:build linux

package attack

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/rfcs"
)

// mutationRate is how many mutations are sent a second.
const mutationRate = 10_000

// TestMutations sends mutations of each vector of ZRE/2: as a peer that has entered, with the sequence that is its turn and
// with the vector's own, and as a stranger. A long run (GOZYRE_ATTACK=long) sends every one.
func TestMutations(t *testing.T) {
	lasts := 5 * time.Second
	switch {
	case long():
		lasts = 30 * time.Second
	case raceDetector:
		lasts = time.Second
	}
	v := newVictims(t, settings{})
	vectors := readVectors(t)
	total := 0
	for _, frames := range vectors {
		for range mutations(frames) {
			total++
		}
	}
	count := mutationRate * int(lasts.Seconds())
	every := max(1, total/count)
	next, stop := iter.Pull(some(vectors, every))
	defer stop()

	peer := newStranger(v, host(0), alice, manner{})
	defer peer.leave()
	masked := newStranger(v, host(1), alice, manner{})
	defer masked.leave()
	hellos, sent := 0, 0
	greet := func() {
		hellos++
		peer.hello(peer.endpoint())
	}
	peer.connect()
	greet()
	masked.connect()
	atRate(count, mutationRate, func(i int) {
		frames, ok := next()
		if !ok {
			return
		}
		sent++
		if i%3 == 0 {
			if !put(masked.conn, message(nil, frames...)) {
				masked.connect()
			}
			return
		}
		frames = slices.Clone(frames)
		if counts(frames[0]) && i%1000 != 1 { // else the sequence is the vector's
			peer.sequence++
			frames[0] = slices.Clone(frames[0])
			frames[0][4], frames[0][5] = byte(peer.sequence>>8), byte(peer.sequence)
		}
		if !put(peer.conn, message(nil, frames...)) {
			peer.connect()
			greet()
		} else if mayEnd(frames) || i%1000 == 1 {
			greet()
		}
	})
	finish(peer.conn)
	finish(masked.conn)
	peer.leave()
	masked.leave()
	t.Logf("%d of %d mutations of %d vectors, and %d HELLOs, in %.1f s", sent, total, len(vectors), hellos, time.Since(v.began).Seconds())
	if long() && sent < total {
		t.Errorf("%d of %d mutations were sent: the long run is to send all", sent, total)
	}
	v.end(bounds{memory: 96 << 20, events: 2*hellos + sent/4, counted: func(s *zyre.Stats) uint64 { return min(s.Malformed, s.Strangers, s.Unexpected) }})
}

// counts says whether a message has a place in the sequence of its peer.
func counts(first []byte) bool {
	return len(first) >= 6 && first[0] == 0xAA && first[1] == 0xA1 && first[3] == zre.Version && zre.ID(first[2]) != zre.IDHello
}

// mayEnd says whether a message of a peer may end its life: because it says so, or by its status.
func mayEnd(frames [][]byte) bool {
	var m zre.Message
	if m.Parse(frames) != nil {
		return false
	}
	switch m.ID {
	case zre.IDHello, zre.IDJoin, zre.IDLeave, zre.IDGoodbye:
		return true
	}
	return false
}

// some are every nth mutation of all vectors.
func some(vectors [][][]byte, every int) iter.Seq[[][]byte] {
	return func(yield func([][]byte) bool) {
		n := 0
		for _, frames := range vectors {
			for mutant := range mutations(frames) {
				if n++; n%every == 0 && !yield(mutant) {
					return
				}
			}
		}
	}
}

// beginning and ending are the octets of a long frame that are mutated.
const (
	beginning = 512
	ending    = 32
)

// mutations of a message: each octet flipped in some ways and in a place of a length of 4 octets, a frame cut at each place and
// one octet longer, frames missing and doubled. The frames are valid until the next.
func mutations(frames [][]byte) iter.Seq[[][]byte] {
	return func(yield func([][]byte) bool) {
		for i, f := range frames {
			mutant := slices.Clone(frames)
			for at := range f {
				if at >= beginning && at < len(f)-ending {
					continue
				}
				for _, other := range [][]byte{{f[at] ^ 0xFF}, {f[at] ^ 1}, {f[at] ^ 0x80}, {0}, {0xFF, 0xFF, 0xFF, 0xFF}, {0x7F, 0xFF, 0xFF, 0xFF}, {0, 1, 0, 0}, {0, 0, 0, 0}} {
					mutant[i] = slices.Clone(f)
					copy(mutant[i][at:], other)
					if !yield(mutant) {
						return
					}
				}
				if mutant[i] = f[:at]; !yield(mutant) {
					return
				}
			}
			mutant[i] = append(slices.Clone(f), 0)
			if !yield(mutant) || len(frames) > 1 && !yield(slices.Delete(slices.Clone(frames), i, i+1)) || !yield(slices.Insert(slices.Clone(frames), i, f)) {
				return
			}
		}
	}
}

var repeated = regexp.MustCompile(`^([0-9a-f]+)\*([0-9]+)$`)

// readVectors reads the frames of every vector of ZRE/2 (rfcs/vectors/README.md).
func readVectors(t *testing.T) (vectors [][][]byte) {
	t.Helper()
	names, err := fs.Glob(rfcs.Vectors(), "zre/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no vectors: %v", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(rfcs.Vectors(), name)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "\n-- ") {
			var frames [][]byte
			for line := range strings.Lines(part) {
				if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "frame"); ok {
					frames = append(frames, readFrame(t, rest))
				}
			}
			if len(frames) > 0 {
				vectors = append(vectors, frames)
			}
		}
	}
	return vectors
}

func readFrame(t *testing.T, text string) (frame []byte) {
	t.Helper()
	for part := range strings.FieldsSeq(text) {
		times := 1
		if m := repeated.FindStringSubmatch(part); m != nil {
			part = m[1]
			times, _ = strconv.Atoi(m[2])
		}
		octets, err := hex.DecodeString(part)
		if err != nil {
			t.Fatal(err)
		}
		frame = append(frame, bytes.Repeat(octets, times)...)
	}
	return frame
}
