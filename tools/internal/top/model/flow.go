package model

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// counters are what a node says of itself in a record STATS; see gozyre/ZRELOG,
// section 4. A number that it does not say is absent.
type counters map[string]uint64

// counterNames are those that are looked at.
var counterNames = [...]string{"peers", "in", "out", "queue", "dropped", "octets-in", "octets-out"}

// parseCounters reads NAME=NUMBER, one blank between two. What is not of that form,
// or has another name, is skipped: later versions say more. It returns false when nothing is left.
func parseCounters(text string) (counters, bool) {
	c := counters{}
	for word := range strings.FieldsSeq(text) {
		name, number, _ := strings.Cut(word, "=")
		for _, known := range counterNames {
			if name != known {
				continue
			}
			if n, err := strconv.ParseUint(number, 10, 64); err == nil {
				c[known] = n
			}
		}
	}
	return c, len(c) > 0
}

// flow is what a node moves, by its own account.
type flow struct {
	last     counters
	at       time.Time // when they came; zero: never
	rates    map[string]float64
	measured bool
}

// stale is how old a record STATS may be until it says nothing any more: they come
// every 5 s.
const stale = 16 * time.Second

// believable is the most that a counter grows by in a second: more octets than any
// network has. What grew by more is not a count.
const believable = 1 << 40

// flows are the counters of which the growth per second is shown.
var flows = [...]string{"in", "out", "octets-in", "octets-out"}

// count takes new counters, and adds what they grew by to sums. A counter that
// shrank is that of a new life, and tells only from the next time on.
func (f *flow) count(now time.Time, c counters, sums map[string]uint64) {
	if past := now.Sub(f.at); !f.at.IsZero() && past > 0 {
		if f.rates == nil {
			f.rates = map[string]float64{}
		}
		for _, name := range flows {
			delete(f.rates, name)
			before, knew := f.last[name]
			after, knows := c[name]
			if !knew || !knows || after < before {
				continue
			}
			grown := after - before
			if float64(grown) > believable*past.Seconds() {
				continue
			}
			f.rates[name] = float64(grown) / past.Seconds()
			sums[name] += min(grown, math.MaxUint64-sums[name]) // it never falls
		}
		f.measured = true
	}
	f.last, f.at = c, now
}

// rate returns a counter's growth per second, and -1 where it is not known.
func (f *flow) rate(name string) float64 {
	if r, known := f.rates[name]; known && f.measured {
		return r
	}
	return -1
}

// number returns a counter, and -1 where it is not known.
func (f *flow) number(name string) int64 {
	if n, known := f.last[name]; known && n < 1<<53 { // a page has no larger ones
		return int64(n)
	}
	return -1
}

// expire forgets what is too old; it reports whether there was anything.
func (f *flow) expire(now time.Time) bool {
	if f.at.IsZero() || now.Sub(f.at) < stale {
		return false
	}
	*f = flow{}
	return true
}
