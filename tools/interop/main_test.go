package interop

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Every test here runs with ours on each transport, one after the other.
var (
	transports = []zsock.Transport{zmtp.Transport{}, libzmq.Transport{}}
	transport  = transports[0]
)

// everyTransport runs the tests several times.
type everyTransport struct{ m *testing.M }

func (e everyTransport) Run() (code int) {
	for _, transport = range transports {
		fmt.Println("transport:", transport)
		code = max(code, e.m.Run())
	}
	return code
}

func TestMain(m *testing.M) {
	if config := os.Getenv(oursEnv); config != "" {
		os.Exit(runOurs(config)) // this binary is also the peer that we test
	}
	goleak.VerifyTestMain(everyTransport{m})
}
