package libzmq_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance runs the suite over every pairing of transports that libzmq is in; codecs/zmtp has the one that is left.
func TestConformance(t *testing.T) {
	ours, other := zsocktest.Silent{Transport: libzmq.Transport{}}, zmtp.Transport{}
	t.Run("libzmq-libzmq", func(t *testing.T) { zsocktest.Run(t, ours, ours) })
	t.Run("libzmq-zmtp", func(t *testing.T) { zsocktest.Run(t, ours, other) })
	t.Run("zmtp-libzmq", func(t *testing.T) { zsocktest.Run(t, other, ours) })
}
