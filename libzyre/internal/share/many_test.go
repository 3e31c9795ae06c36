package share_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// A thousand small files are published at once, by several goroutines: each arrives once.
func TestThousandFiles(t *testing.T) {
	alice, bob := sharetest.Pair(t, zyretest.Config(t))
	const n = 1000
	dir := t.TempDir()
	for i := range n {
		sharetest.Write(t, filepath.Join(dir, fmt.Sprint(i)), fmt.Append(nil, "content ", i))
	}
	began := time.Now()
	var wg sync.WaitGroup
	for part := range 4 {
		wg.Go(func() {
			for i := part; i < n; i += 4 {
				if err := alice.Publish(filepath.Join(dir, fmt.Sprint(i)), fmt.Sprintf("%d/%d", i%10, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	published := time.Since(began)
	got := map[string]bool{}
	follow(t, bob, "delivery of a thousand", func(e zyre.Event) bool {
		if e.Type == zyre.Deliver {
			if got[e.Path] {
				t.Errorf("%v came twice", e)
			}
			got[e.Path] = true
			sharetest.Whole(t, e, []byte("content "+filepath.Base(e.Path)))
		}
		return len(got) == n
	})
	t.Logf("published in %v, delivered after %v", published, time.Since(began))
	sent := map[string]bool{}
	follow(t, alice, "news of a thousand", func(e zyre.Event) bool {
		if e.Type == zyre.Sent {
			sent[e.Path] = true
		}
		return len(sent) == n
	})
}

// A node comes while fifty others are in the middle of a transfer: it gets everything, and so do they. (The fifty are clients alone: nodes
// would have files for each other too, and need more open files than a process may have.)
func TestJoinInTheMidst(t *testing.T) {
	const n = 50
	cfg := zyretest.Config(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	witness := zyretest.Start(t, cfg)
	endpoint := zyretest.Next(t, witness, zyre.Enter).Headers["X-FILEMQ"]
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(t.TempDir(), "big"), content), "big")
	began := time.Now()
	some := make(chan struct{}, 1000*n)
	var wg sync.WaitGroup
	for range n {
		client, err := fmq.Dial(t.Context(), fmq.ClientConfig{Servers: []string{endpoint}, Inbox: t.TempDir(), Window: 1_000_000})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if err := client.Subscribe(t.Context(), "/", fmq.Subscription{Resync: true}); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for e := range client.Events() {
				switch e.Type {
				case fmq.Progress:
					some <- struct{}{}
				case fmq.Deliver:
					some <- struct{}{}
					if got, err := os.ReadFile(e.File); err != nil || !bytes.Equal(got, content) {
						t.Errorf("%s: %d octets, %v", e.File, len(got), err)
					}
					return
				}
			}
			t.Error("it has ended without a delivery")
		})
	}
	<-some
	late := zyretest.Start(t, sharetest.Sharing(t, cfg, "late"))
	delivery(t, late, "big", content)
	t.Logf("the late one has it after %v", time.Since(began))
	wg.Wait()
	t.Logf("all have it after %v", time.Since(began))
}
