package core

import "time"

// Beacons take one part in a hundred of the airtime of a slow access point, where
// one costs some 350 µs of it (ZRE-DISC, how often): so each node leaves 35 ms
// for each of its peers, up to slowest, or to what
// keeps it from being evasive.
const (
	share   = 35 * time.Millisecond
	slowest = 4 * time.Second
)

// Pace is the interval of beacons that fits the size of the network.
func (c *Core) Pace() time.Duration {
	fit := min(time.Duration(c.ready+1)*share, slowest, c.cfg.Evasive*4/5)
	return max(c.cfg.Interval, fit)
}
