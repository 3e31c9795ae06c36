// Package zsocktest is the conformance suite of package zsock: what every transport must do, as tests that a transport's
// own tests call.
//
//	func TestConformance(t *testing.T) { zsocktest.Run(t, zmtp.Transport{}, zmtp.Transport{}) }
//
// Draft: this package may change.
package zsocktest

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Run runs the suite: the sockets that listen are of the one transport, those that dial of the other. Run it with
// every pairing of transports, and check for goroutines left behind in the caller's TestMain. A transport must say Up,
// Down and Failed, and Writable of a Router's peers, unless it is given as Silent. With -short the only mechanism is NULL.
//
// The suite starts the test binary anew, with the name of the running test, to have processes that it can kill.
func Run(t *testing.T, listens, dials zsock.Transport) {
	mechanisms := []zsock.Mechanism{zsock.Null, zsock.Plain, zsock.Curve}
	if testing.Short() {
		mechanisms = mechanisms[:1]
	}
	for _, m := range mechanisms {
		p := pairing{newEnd(listens, m), newEnd(dials, m)}
		t.Run(m.String(), func(t *testing.T) { run(t, p, perMechanism) })
	}
	run(t, pairing{newEnd(listens, zsock.Null), newEnd(dials, zsock.Null)}, once)
}

func run(t *testing.T, p pairing, tests []test) {
	for _, c := range tests {
		if needs := needs[c.name]; needs != nil && !needs(p) {
			continue
		}
		t.Run(c.name, func(t *testing.T) { c.f(t, p) })
	}
}

// needs are the tests that not every pairing can be asked for.
var needs = map[string]func(pairing) bool{
	"HeartbeatTTL":          func(p pairing) bool { return !p.listens.silent },
	"Failed":                func(p pairing) bool { return !p.dials.silent },
	"RouterHighWaterOctets": func(p pairing) bool { return !p.listens.silent },
	"IdentityTaken":         func(p pairing) bool { return !p.listens.silent },
	"Stranger":              func(p pairing) bool { return !p.dials.silent },
	"OurIdentity":           func(p pairing) bool { return !p.listens.silent },
	"Inproc":                func(p pairing) bool { return p.listens.String() == p.dials.String() }, // it stays within one set
}

type test struct {
	name string
	f    func(*testing.T, pairing)
}

var perMechanism = []test{
	{"Message", testMessage},
	{"Frames", testFrames},
	{"FramesMayBeReused", testReuse},
	{"SendOwned", testSendOwned},
	{"LongMessageIsDropped", testLongMessage},
	{"ManyFramesAreDropped", testManyFrames},
	{"LargeFrameDisconnects", testLargeFrame},
	{"SmallestMaxMessage", testSmallestMaxMessage},
	{"LargestMessage", testLargestMessage},
	{"OctetByOctet", testOctetByOctet},
	{"Order", testOrder},
	{"BothWays", testBothWays},
	{"UnknownPeer", testUnknownPeer},
	{"FullIsExact", testFull},
	{"FullThenRedial", testFullRedial},
	{"FullThenClosed", testFullClosed},
	{"FullRouter", testFullRouter},
	{"FullRouterDown", testFullRouterDown},
	{"SlowConsumer", testSlowConsumer},
	{"SlowConsumerOctets", testSlowConsumerOctets},
	{"WritableWhileSuspended", testWritableWhileSuspended},
	{"AdmittedWhileSuspended", testAdmittedWhileSuspended},
	{"BlockedPeer", testBlockedPeer},
	{"Redial", testRedial},
	{"Reconnect", testReconnect},
	{"QueueSurvives", testQueueSurvives},
	{"Handover", testHandover},
	{"IdentityTaken", testIdentityTaken},
	{"ManyPeers", testManyPeers},
	{"PubListens", testPubListens},
	{"PubDials", testPubDials},
	{"PubDrops", testPubDrops},
	{"PubMisses", testPubMisses},
	{"SubReconnects", testSubReconnects},
	{"Linger", testLinger},
	{"CloseWhileBusy", testCloseWhileBusy},
	{"UpAndDown", testUpAndDown},
	{"EventsInOrder", testEventsInOrder},
	{"HalfOpen", testHalfOpen},
	{"IdleHeartbeats", testIdleHeartbeats},
	{"HeartbeatTTL", testHeartbeatTTL},
	{"KilledListener", testKilledListener},
	{"KilledDialer", testKilledDialer},
	{"IPC", testIPC},
}

var once = []test{
	{"NoFrames", testNoFrames},
	{"TooLarge", testTooLarge},
	{"OurIdentity", testOurIdentity},
	{"Stranger", testStranger},
	{"RouterTooLarge", testRouterTooLarge},
	{"RouterHighWaterOctets", testRouterHighWaterOctets},
	{"Unacknowledged", testUnacknowledged},
	{"Close", testClose},
	{"EndpointTaken", testEndpointTaken},
	{"Endpoints", testEndpoints},
	{"Inproc", testInproc},
	{"Invalid", testInvalid},
	{"Failed", testFailed},
	{"Credentials", testCredentials},
	{"Refused", testRefused},
	{"RefusedThenAdmitted", testRefusedThenAdmitted},
	{"OtherMechanism", testOtherMechanism},
	{"ManyKeys", testManyKeys},
	{"ListenersOfOneSet", testListenersOfOneSet},
}

// Silent is a transport that never says Up, Down or Failed, says ErrUntold, does not count what it queues in octets, and gives an
// identity that is in use to whoever comes last.
type Silent struct{ zsock.Transport }

// pairing is who talks to whom.
type pairing struct{ listens, dials end }

// some is how often a test does what depends little on the mechanism: n times, and fewer where it was done already.
func (p pairing) some(n int) int {
	if p.dials.client.Mechanism != zsock.Null {
		return n / 5
	}
	return n
}

// end is a transport, and what its sockets do unless a test says otherwise.
type end struct {
	zsock.Transport
	silent         bool
	server, client zsock.Security
}

func newEnd(transport zsock.Transport, m zsock.Mechanism) end {
	_, silent := transport.(Silent)
	server, client := security(m)
	return end{transport, silent, server, client}
}
