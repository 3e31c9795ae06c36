package beacon

import (
	"math/rand/v2"
	"time"
)

// birth is when the first announcements are made: the first datagram to a host is the
// one most likely to be lost (address resolution, a radio asleep), and a newcomer is
// in a hurry.
var birth = [...]time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 350 * time.Millisecond}

// burst is how far one link is in its burst.
type burst struct {
	born time.Time
	made int
}

func (b *burst) over() bool { return b.made == len(birth) }

// passed tells whether an announcement of the burst is due, and takes all that are
// due as made by it: after a suspend they are not made up for.
func (b *burst) passed(now time.Time) bool {
	before := b.made
	for b.made < len(birth) && !now.Before(b.born.Add(birth[b.made])) {
		b.made++
	}
	return b.made > before
}

// schedule is the beat that all links share once their burst is over, so that an idle
// beacon wakes once an interval and not once an interface.
type schedule struct {
	beat time.Time
}

// restart puts the beat an interval after the end of a burst that begins now.
func (s *schedule) restart(now time.Time, interval time.Duration) {
	s.beat = now.Add(birth[len(birth)-1] + jitter(interval))
}

// beaten tells whether the beat has passed, and then sets the next.
func (s *schedule) beaten(now time.Time, interval time.Duration) bool {
	if now.Before(s.beat) {
		return false
	}
	s.beat = now.Add(jitter(interval))
	return true
}

// due tells when a link is to announce next.
func (s *schedule) due(b burst) time.Time {
	if b.over() {
		return s.beat
	}
	return b.born.Add(birth[b.made])
}

// jitter spreads an interval evenly over 90 to 110 % of itself.
func jitter(d time.Duration) time.Duration {
	return d*9/10 + rand.N(d/5+1)
}
