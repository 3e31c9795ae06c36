package zyretest_test

import (
	"path/filepath"
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

func TestClusterWithFiles(t *testing.T) {
	cfg := zyretest.Config(t)
	cfg.Inbox, cfg.Outbox = t.TempDir(), t.TempDir()
	nodes := zyretest.ClusterOf(t, cfg, 3)
	for _, n := range nodes {
		if err := n.Publish("cluster_test.go", n.Name()); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range nodes {
		for range len(nodes) - 1 {
			e := zyretest.Next(t, n, zyre.Deliver)
			if e.Path != e.Name || e.File != filepath.Join(cfg.Inbox, n.Name(), e.Peer.String(), e.Name) {
				t.Errorf("%+v", e)
			}
		}
	}
}
