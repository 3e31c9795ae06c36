package core

import "time"

// Limits bounds what others can make a node hold. Zero values mean the defaults.
type Limits struct {
	Peers           int // in all
	PeersPerAddress int // of one host
	NewPeers        int // a second, after a burst of twice as many
	Groups          int // of one peer, and of this node
	HeaderOctets    int // of one peer's headers and groups together, each with HeaderOverhead; of all peers 64 times as many
}

// HeaderOverhead is what a header or group counts beside its octets.
const HeaderOverhead = 32

const manyHeaders = 64

// The defaults of Limits.
const (
	DefaultPeers           = 4096
	DefaultPeersPerAddress = 1024
	DefaultNewPeers        = 500
	DefaultGroups          = 4096
	DefaultHeaderOctets    = 1 << 20
)

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		value *int
		or    int
	}{
		{&l.Peers, DefaultPeers},
		{&l.PeersPerAddress, DefaultPeersPerAddress},
		{&l.NewPeers, DefaultNewPeers},
		{&l.Groups, DefaultGroups},
		{&l.HeaderOctets, DefaultHeaderOctets},
	} {
		if *d.value <= 0 {
			*d.value = d.or
		}
	}
	return l
}

// intake lets new peers in at a pace: a bucket that holds two seconds' worth.
type intake struct {
	used  time.Duration // of the bucket, as the time that it takes to fill again
	since time.Time
}

// admits takes a place for one more, if there is one.
func (i *intake) admits(now time.Time, perSecond int) bool {
	each := time.Second / time.Duration(perSecond)
	if passed := now.Sub(i.since); passed > 0 {
		i.used = max(0, i.used-passed)
		i.since = now
	}
	if i.used+each > 2*time.Second {
		return false
	}
	i.used += each
	return true
}

// admit says whether one more peer may be met at an endpoint, and counts where not.
func (c *Core) admit(now time.Time, endpoint string) bool {
	switch {
	case len(c.order) >= c.cfg.Limits.Peers:
		c.stats.TooMany++
	case c.places.at(endpoint).peers >= c.cfg.Limits.PeersPerAddress:
		c.stats.TooManyThere++
	case !c.intake.admits(now, c.cfg.Limits.NewPeers):
		c.stats.TooFast++
	default:
		return true
	}
	return false
}
