package zsocktest

import (
	"fmt"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// OnEach has all tests of a package run on several transports, one after the other, for its TestMain:
//
//	goleak.VerifyTestMain(zsocktest.OnEach(m, transports, &transport))
//
// The variable is the transport of the moment, which the tests use. With -short it is the first, and no other.
func OnEach(m *testing.M, transports []zsock.Transport, of *zsock.Transport) *Each {
	return &Each{m, transports, of}
}

// Each is what OnEach makes.
type Each struct {
	m          *testing.M
	transports []zsock.Transport
	of         *zsock.Transport
}

// Run runs the tests and returns the worst exit code.
func (e *Each) Run() (code int) {
	for _, *e.of = range e.transports {
		fmt.Println("transport:", *e.of)
		code = max(code, e.m.Run())
		if testing.Short() { // Run has read the flags
			break
		}
	}
	return code
}
