package zyre_test

import (
	"fmt"
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

// everyTransport runs the tests several times.
type everyTransport struct{ m *testing.M }

func (e everyTransport) Run() (code int) {
	for _, transport = range transports {
		fmt.Println("transport:", transport)
		code = max(code, e.m.Run())
	}
	return code
}

// config is a node's in a network of its own, on the transport of the moment.
func config(tb testing.TB) zyre.Config {
	cfg := zyretest.Config(tb)
	cfg.Transport = transport
	return cfg
}

// cluster is zyretest's, on the transport of the moment.
func cluster(tb testing.TB, n int) []*zyre.Node {
	tb.Helper()
	cfg := config(tb)
	nodes := make([]*zyre.Node, n)
	for i := range nodes {
		cfg.Name = fmt.Sprintf("node%d", i)
		nodes[i] = zyretest.Start(tb, cfg)
	}
	for _, node := range nodes {
		for range n - 1 {
			zyretest.Next(tb, node, zyre.Enter)
		}
	}
	return nodes
}
