package rfcs_test

import (
	"bytes"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"
	"testing"
)

// The proof that grammars and codecs agree. A grammar cannot count, so each is taken in the form in which every length
// and count up to a bound is an alternative of its own, and which describes exactly the messages within that bound.
//
// The grammars are worked by go-abnf, which shares nothing with the codecs, but for the model behind both.
const (
	vectorBound = 34 // for vectors: a little above what most of them hold
	messageMost = 12 // for messages that are drawn
)

// wanted is how many messages are drawn each way, for each protocol.
func wanted() int {
	if testing.Short() || raceDetector {
		return 500
	}
	return 10_000
}

// TestGrammarsAndVectors: a grammar admits the vectors that are to be accepted, and no other.
func TestGrammarsAndVectors(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.folder, func(t *testing.T) {
			t.Parallel()
			class := p.class(t)
			exact, published := newLanguage(t, class, vectorBound), newLanguage(t, class, 0)
			var accepted, outside, refused, huge, unseen int
			for _, v := range vectors(t, p.folder) {
				switch {
				case len(v.frames) == 0: // no frame comes from, or belongs to, what is not sent
					unseen++
				case v.message == "":
					refused++
					if exact.matches(t, v.frames) {
						t.Errorf("%s: the grammar admits it", v)
					}
				default:
					values, err := class.Decode(v.frames, class.Message(v.claim()))
					if err != nil {
						t.Errorf("%s: %v", v, err)
						continue
					}
					if within(values, vectorBound) {
						accepted++
						if !exact.matches(t, v.frames) {
							t.Errorf("%s: the grammar does not admit it", v)
						}
					} else if outside++; exact.matches(t, v.frames) {
						t.Errorf("%s: the grammar admits it, and it is outside of its bound", v)
					}
					if len(bytes.Join(v.frames, nil)) > 300 {
						huge++ // go-abnf would take minutes
					} else if !published.matches(t, v.frames) {
						t.Errorf("%s: the published grammar does not admit it", v)
					}
				}
			}
			report(t, "%d vectors to accept match the grammar that counts to %d, %d are longer than that; %d match the published "+
				"grammar, %d are too long to try; of %d to refuse none matches; %d have no frames to match",
				accepted, vectorBound, outside, accepted+outside-huge, huge, refused, unseen)
			if accepted == 0 || refused == 0 {
				t.Error("there is nothing to say")
			}
		})
	}
}

// TestGrammarsGenerate: what a grammar generates, the codec decodes and encodes to the same frames.
func TestGrammarsGenerate(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.folder, func(t *testing.T) {
			t.Parallel()
			class, codec := p.class(t), newCodec(p)
			l := newLanguage(t, class, messageMost)
			r := rand.New(rand.NewSource(1))
			messages := map[string]int{}
			for range wanted() {
				frames := asFrames(l.generator.GenerateRand(r))
				message, err := codec.accepts(class, frames)
				if err != nil {
					t.Fatalf("generated, but not decoded: %x: %v", frames, err)
				}
				again, err := codec.encode()
				if err != nil || !slices.EqualFunc(again, frames, bytes.Equal) {
					t.Fatalf("generated %x, encoded again %x, %v", frames, again, err)
				}
				messages[message]++
			}
			report(t, "%d messages that the grammar generated are decoded: %v", wanted(), messages)
			if class.Named() && len(messages) != len(class.Messages) {
				t.Error("some messages are missing")
			}
		})
	}
}

// TestGrammarsAdmit: what the codec encodes, the grammar admits; and what is nearly that, both judge the same.
func TestGrammarsAdmit(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.folder, func(t *testing.T) {
			t.Parallel()
			class, codec := p.class(t), newCodec(p)
			l := newLanguage(t, class, messageMost)
			r := randv2.New(randv2.NewPCG(1, 2))
			var refused, accepted, outside int
			for range wanted() {
				drawn := class.Random(r, messageMost)
				read, err := readVectors("drawn", "-- drawn --\n"+drawn.Text())
				if err != nil {
					t.Fatal(err)
				}
				if err := codec.set(read[0]); err != nil {
					t.Fatalf("%v\n%s", err, drawn.Text())
				}
				frames, err := codec.encode()
				if err != nil {
					t.Fatalf("%v\n%s", err, drawn.Text())
				}
				if !l.matches(t, frames) {
					t.Fatalf("encoded, but the grammar does not admit it: %x\n%s", frames, drawn.Text())
				}
				miss := nearMiss(frames, r.IntN)
				message, err := codec.accepts(class, miss)
				matches := l.matches(t, miss)
				switch {
				case err == nil && matches:
					accepted++
				case err != nil && !matches:
					refused++
				case err == nil:
					values, wrong := class.Decode(miss, class.Message(message))
					if wrong != nil || within(values, messageMost) {
						t.Fatalf("%x: a %s for the codec, not admitted by the grammar", miss, message)
					}
					outside++
				default:
					t.Fatalf("%x: admitted by the grammar, but %v", miss, err)
				}
			}
			report(t, "%d messages that the codec encoded match the grammar; of %d near misses both refuse %d and accept %d, %d are beyond the "+
				"grammar's bound of %d", wanted(), wanted(), refused, accepted, outside, messageMost)
			if refused == 0 || accepted == 0 {
				t.Error("the near misses are none")
			}
		})
	}
}
