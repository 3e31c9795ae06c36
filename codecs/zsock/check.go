package zsock

import (
	"errors"
	"fmt"
	"time"
)

// Check fills in the defaults and refuses what no transport can honour, with an error that is ErrInvalid.
func (o *ListenOptions) Check() error {
	switch o.Kind {
	case Router, Pub, Sub:
	default:
		return fmt.Errorf("%w: Listen with Kind %s: it must be ROUTER, PUB or SUB", ErrInvalid, o.Kind)
	}
	o.HighWater = positive(o.HighWater, DefaultHighWater)
	o.HighWaterOctets = positive(o.HighWaterOctets, DefaultMaxMessage)
	o.MaxMessage = positive(o.MaxMessage, DefaultMaxMessage)
	o.MaxFrames = min(positive(o.MaxFrames, MaxFrames), MaxFrames)
	return errors.Join(common(o.Kind, o.Endpoint, o.Identity, o.Subscribe, o.Heartbeat), o.Security.check(true))
}

// Check fills in the defaults and refuses what no transport can honour, with an error that is ErrInvalid.
func (o *DialOptions) Check() error {
	switch o.Kind {
	case Dealer, Pub, Sub:
	default:
		return fmt.Errorf("%w: Dial with Kind %s: it must be DEALER, PUB or SUB", ErrInvalid, o.Kind)
	}
	o.HighWater = positive(o.HighWater, DefaultHighWater)
	o.HighWaterOctets = positive(o.HighWaterOctets, DefaultMaxMessage)
	o.MaxMessage = positive(o.MaxMessage, DefaultMaxMessage)
	o.MaxFrames = min(positive(o.MaxFrames, MaxFrames), MaxFrames)
	return errors.Join(common(o.Kind, o.Endpoint, o.Identity, o.Subscribe, o.Heartbeat), o.Security.check(false))
}

func common(k Kind, endpoint string, identity []byte, subscribe [][]byte, heartbeat time.Duration) error {
	if heartbeat < 0 || heartbeat > 0 && heartbeat < time.Millisecond || heartbeat > MaxHeartbeat {
		return fmt.Errorf("%w: Heartbeat %v: it must be 0 or 1 ms to %v", ErrInvalid, heartbeat, MaxHeartbeat)
	}
	if endpoint == "" {
		return fmt.Errorf("%w: Endpoint is empty: give tcp://ADDRESS:PORT", ErrInvalid)
	}
	if len(identity) > 255 {
		return fmt.Errorf("%w: Identity has %d octets: at most 255", ErrInvalid, len(identity))
	}
	if len(identity) > 0 && identity[0] == 0 {
		return fmt.Errorf("%w: Identity begins with a zero octet: ZeroMQ keeps those for itself", ErrInvalid)
	}
	if len(subscribe) > 0 && k != Sub {
		return fmt.Errorf("%w: Subscribe with Kind %s: only a SUB subscribes", ErrInvalid, k)
	}
	return nil
}

func positive[T int | int64](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}
