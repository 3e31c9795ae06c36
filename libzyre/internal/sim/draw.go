package sim

import "time"

// topic is what something random is drawn for; each has its own streams.
type topic uint64

const (
	ofID topic = iota + 1
	ofPort
	ofBeat
	ofDatagram
	ofLoss
	ofFlight
	ofBackoff
	ofWaking
	ofApp
	ofPlan
	ofWorld
	ofFailure
	ofClosing
)

// mix is the finalizer of splitmix64: every bit of x changes half of the result.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// draw is a random number that depends on nothing but the seed and its arguments.
func draw(seed uint64, what topic, who, n uint64) uint64 {
	return mix(mix(seed^uint64(what)*0x9e3779b97f4a7c15) ^ mix(who+0x632be59bd9b4e019)*3 ^ n*0xd1342543de82ef95)
}

// unit makes a number from 0 to under 1 of a draw.
func unit(u uint64) float64 { return float64(u>>11) / (1 << 53) }

// span makes a duration from lo to under hi of a draw.
func span(u uint64, lo, hi time.Duration) time.Duration {
	return lo + time.Duration(unit(u)*float64(hi-lo))
}

// stream is a sequence of draws.
type stream struct{ state uint64 }

func streamOf(seed uint64, what topic, who uint64) stream {
	return stream{draw(seed, what, who, 0)}
}

func (s *stream) next() uint64 {
	s.state += 0x9e3779b97f4a7c15
	return mix(s.state)
}

// below draws from 0 to n-1.
func (s *stream) below(n int) int { return int(s.next() % uint64(n)) }

// chance draws true with that probability.
func (s *stream) chance(p float64) bool { return unit(s.next()) < p }

func (s *stream) span(lo, hi time.Duration) time.Duration { return span(s.next(), lo, hi) }
