package filemq

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// Every test here runs with ours on each transport, one after the other.
var (
	transports = []zsock.Transport{zmtp.Transport{}, libzmq.Transport{}}
	transport  = transports[0]
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(zsocktest.OnEach(m, transports, &transport))
}
