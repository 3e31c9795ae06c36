package zyretest_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCluster(t *testing.T) {
	nodes := zyretest.Cluster(t, 3)
	for _, from := range nodes {
		for _, to := range nodes {
			if from == to {
				continue
			}
			if err := from.Whisper(to.UUID(), []byte(from.Name())); err != nil {
				t.Fatal(err)
			}
			e := zyretest.Next(t, to, zyre.Whisper)
			if e.Name != from.Name() || string(e.Msg[0]) != from.Name() {
				t.Fatalf("%v", e)
			}
		}
	}
}
