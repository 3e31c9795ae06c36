package core

import "time"

// Nobody is greeted again and again where nobody answers: in a network that is too busy for it that would be what keeps it so.
const (
	leastRest = 2 * time.Second
	mostRest  = 30 * time.Second
	maxRests  = 4096
)

// rest is how long an endpoint where nobody answered is left alone.
type rest struct {
	until moment
	wait  time.Duration
}

// rest leaves an endpoint alone for a while, each time for longer.
func (c *Core) rest(at moment, endpoint string) {
	before, known := c.rests[endpoint]
	if !known && len(c.rests) >= maxRests {
		for endpoint, r := range c.rests {
			if at.After(r.until) {
				delete(c.rests, endpoint)
			}
		}
		if len(c.rests) >= maxRests {
			return
		}
	}
	wait := min(max(leastRest, 2*before.wait), mostRest)
	c.rests[endpoint] = rest{at.Add(wait), wait}
}

// rests says whether an endpoint is left alone.
func (c *Core) resting(at moment, endpoint string) bool {
	r, known := c.rests[endpoint]
	return known && at.Before(r.until)
}
