package libzmq

import (
	"fmt"
	"strings"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// checkSecurity refuses what libzmq would leave out silently.
func checkSecurity(s *zsock.Security, endpoint string, listens bool) error {
	if s.Mechanism == zsock.Null && s.Authenticate == nil {
		return nil
	}
	if strings.HasPrefix(endpoint, inproc) {
		return fmt.Errorf("%w: Security at %s: libzmq has none within a process", zsock.ErrInvalid, endpoint)
	}
	switch s.Mechanism {
	case zsock.Plain:
		if !listens && s.Username == "" && s.Password == "" {
			return fmt.Errorf("%w: PLAIN: libzmq cannot show an empty name with an empty password", zsock.ErrInvalid)
		}
	case zsock.Curve:
		if !zmq4.HasCurve() {
			return fmt.Errorf("%w: CURVE: this libzmq was built without it", zsock.ErrInvalid)
		}
	}
	return nil
}

// insists says whether libzmq must stick to what the domain says. Otherwise it asks for a CURVE listener without one too, and
// admits everybody when nobody answers.
func (t settings) insists() bool {
	return t.listens && t.security.Mechanism != zsock.Null || t.domain != ""
}

// secure are the steps that give a socket its mechanism. What would set an option to nothing is left out: libzmq takes that
// for a wish to have no mechanism.
func (t settings) secure(z *zmq4.Socket) (steps []func() error) {
	s := t.security
	switch {
	case s.Mechanism == zsock.Plain && t.listens:
		steps = append(steps, func() error { return z.SetPlainServer(1) })
	case s.Mechanism == zsock.Plain:
		if s.Username != "" {
			steps = append(steps, func() error { return z.SetPlainUsername(s.Username) })
		}
		if s.Password != "" {
			steps = append(steps, func() error { return z.SetPlainPassword(s.Password) })
		}
	case s.Mechanism == zsock.Curve && t.listens:
		steps = append(steps,
			func() error { return z.SetCurveServer(1) },
			func() error { return z.SetCurveSecretkey(s.Secret.String()) },
		)
	case s.Mechanism == zsock.Curve:
		steps = append(steps,
			func() error { return z.SetCurvePublickey(s.Public.String()) },
			func() error { return z.SetCurveSecretkey(s.Secret.String()) },
			func() error { return z.SetCurveServerkey(s.Server.String()) },
		)
	}
	if t.domain != "" {
		steps = append(steps, func() error { return z.SetZapDomain(t.domain) })
	}
	return steps
}

// heartbeatTTL is how long a silence the other end is told to bear: at least two heartbeats, in steps of the 100 ms that
// ZMTP counts in, below which libzmq would round it down to nothing.
func heartbeatTTL(heartbeat time.Duration) time.Duration {
	const step = 100 * time.Millisecond
	return (2*heartbeat + step - 1) / step * step
}
