package zyre_test

import (
	"testing"

	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// Every test here runs on each transport, one after the other.
var (
	transports = []zsock.Transport{zmtp.Transport{}, libzmq.Transport{}}
	transport  = transports[0]
)

// config is a node's in a network of its own, on the transport of the moment.
func config(tb testing.TB) zyre.Config {
	cfg := zyretest.Config(tb)
	cfg.Transport = transport
	return cfg
}

// cluster is zyretest's, on the transport of the moment.
func cluster(tb testing.TB, n int) []*zyre.Node {
	tb.Helper()
	return zyretest.ClusterOf(tb, config(tb), n)
}
