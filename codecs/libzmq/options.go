package libzmq

import (
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Times of libzmq's own machinery, chosen for peers on a local network.
const (
	reconnectFirst = 100 * time.Millisecond // after a broken or refused connection; then doubled up to
	reconnectMost  = 2 * time.Second
	connectMost    = 10 * time.Second // an address where nobody answers
	handshakeMost  = 10 * time.Second // a stranger that connects and says nothing
	backlog        = 1024             // connections not yet accepted: everybody dials a newcomer at once
	keepaliveIdle  = 60               // seconds until TCP asks a silent peer
	keepaliveEvery = 10               // seconds
	keepaliveCount = 6
)

// settings is what a socket is made from.
type settings struct {
	kind       zsock.Kind
	identity   []byte
	highWater  int
	maxMessage int64
	maxFrames  int
	linger     time.Duration
	subscribe  [][]byte
	listens    bool
	reads      bool
	ipv6       bool
	security   zsock.Security
	domain     string // under which ZAP asks about this listener's peers; empty: nobody is asked
	heartbeat  time.Duration
}

func (t settings) zmqType() zmq4.Type {
	switch t.kind {
	case zsock.Router:
		return zmq4.ROUTER
	case zsock.Dealer:
		return zmq4.DEALER
	case zsock.Pub:
		return zmq4.PUB
	}
	return zmq4.SUB
}

// maxFrame is the largest frame that libzmq lets in. It counts what CURVE adds to a frame, and the handshake's commands too,
// which must not depend on how small the messages are. What is too large for a message only is dropped behind libzmq.
func (t settings) maxFrame() int64 {
	const curveAdds, handshakeNeeds = 33, 1024
	n := t.maxMessage
	if t.security.Mechanism == zsock.Curve {
		n += curveAdds
	}
	return max(n, handshakeNeeds)
}

// apply sets every option that differs from libzmq's default.
func (t settings) apply(z *zmq4.Socket) error {
	receiveHighWater := t.highWater
	if t.kind == zsock.Dealer && !t.reads {
		receiveHighWater = 1 // nobody will read; 0 would mean without bound. (A Pub does read: subscriptions.)
	}
	steps := []func() error{
		func() error { return z.SetLinger(t.linger) },
		func() error { return z.SetSndhwm(t.highWater) },
		func() error { return z.SetRcvhwm(receiveHighWater) },
		func() error { return z.SetMaxmsgsize(t.maxFrame()) },
		func() error { return z.SetHandshakeIvl(handshakeMost) },
		func() error { return z.SetTcpKeepalive(1) },
		func() error { return z.SetTcpKeepaliveIdle(keepaliveIdle) },
		func() error { return z.SetTcpKeepaliveIntvl(keepaliveEvery) },
		func() error { return z.SetTcpKeepaliveCnt(keepaliveCount) },
	}
	if t.ipv6 {
		steps = append(steps, func() error { return z.SetIpv6(true) })
	}
	if t.kind == zsock.Pub && !t.listens {
		steps = append(steps, func() error { return z.SetXpubNodrop(true) }) // its only subscriber is full: we say so, and drop
	}
	if len(t.identity) > 0 {
		steps = append(steps, func() error { return z.SetIdentity(string(t.identity)) })
	}
	if t.listens {
		steps = append(steps, func() error { return z.SetBacklog(backlog) })
	} else {
		steps = append(steps,
			func() error { return z.SetReconnectIvl(reconnectFirst) },
			func() error { return z.SetReconnectIvlMax(reconnectMost) },
			func() error { return z.SetConnectTimeout(connectMost) },
		)
	}
	if t.kind == zsock.Router {
		steps = append(steps,
			func() error { return z.SetRouterHandover(true) },
			func() error { return z.SetRouterMandatory(1) }, // sending to nobody is an error, not a silence
		)
	}
	if t.heartbeat > 0 {
		steps = append(steps,
			func() error { return z.SetHeartbeatIvl(t.heartbeat) },
			func() error { return z.SetHeartbeatTimeout(t.heartbeat) },
			func() error { return z.SetHeartbeatTtl(heartbeatTTL(t.heartbeat)) },
		)
	}
	steps = append(steps, t.secure(z)...)
	for _, prefix := range t.subscribe {
		steps = append(steps, func() error { return z.SetSubscribe(string(prefix)) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
