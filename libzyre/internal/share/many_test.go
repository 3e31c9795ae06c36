package share_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// A thousand small files are published within a second, by several goroutines: each arrives once, and so does the news of it, in the same order. How many a
// second takes is told; a slow machine is no failure.
func TestThousandFiles(t *testing.T) {
	alice, bob := sharetest.Pair(t, zyretest.Config(t))
	const n, publishers = 1000, 4
	dir := t.TempDir()
	for i := range n {
		sharetest.Write(t, filepath.Join(dir, fmt.Sprint(i)), fmt.Append(nil, "content ", i))
	}
	name := func(i int) string { return fmt.Sprintf("%d/%d", i%10, i) }
	began := time.Now()
	second := time.After(time.Second)
	var published, inTime atomic.Int32
	var wg sync.WaitGroup
	for part := range publishers {
		wg.Go(func() {
			for i := part; i < n; i += publishers {
				if err := alice.Publish(filepath.Join(dir, fmt.Sprint(i)), name(i)); err != nil {
					t.Error(err)
				}
				published.Add(1)
			}
		})
	}
	wg.Go(func() {
		<-second
		inTime.Store(published.Load())
	})
	wg.Wait()
	t.Logf("%d were published within a second, all in %v", inTime.Load(), time.Since(began))

	got, order, told := map[string]bool{}, []string{}, []string{}
	follow(t, bob, "delivery of a thousand", func(e zyre.Event) bool {
		switch e.Type {
		case zyre.Deliver:
			order = append(order, e.Path)
			got[e.Path] = true
			sharetest.Whole(t, e, []byte("content "+filepath.Base(e.Path)))
		case zyre.Refused:
			t.Errorf("%v", e)
		}
		return len(got) == n
	})
	t.Logf("delivered after %v", time.Since(began))
	sent := map[string]int{}
	follow(t, alice, "news of a thousand", func(e zyre.Event) bool {
		if e.Type == zyre.Sent {
			sent[e.Path]++
			told = append(told, e.Path)
		}
		return len(sent) == n
	})
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(dir, "last"), []byte("last")), "last") // behind whatever else there is
	follow(t, bob, "delivery of the last", func(e zyre.Event) bool {
		if e.Type == zyre.Deliver && e.Path != "last" {
			order = append(order, e.Path)
		}
		return e.Type == zyre.Deliver && e.Path == "last"
	})
	if !slices.Equal(order, told) || len(order) != n {
		t.Errorf("%d deliveries, of which %d are told, or in another order", len(order), len(told))
	}
	for i := range n {
		if !got[name(i)] || sent[name(i)] != 1 {
			t.Errorf("%s came: %v; that was told %d times", name(i), got[name(i)], sent[name(i)])
		}
	}
}

// A node comes while fifty others are in the middle of a transfer: it gets everything, and so do they. (All are nodes in this process, and each has a
// client for each other one's files: where that needs more open files than there may be, they take turns. With the race detector there are fewer.)
func TestJoinInTheMidst(t *testing.T) {
	n := 50
	if raced || testing.Short() {
		n = 15
	}
	share.ShortTurns(t)
	cfg := zyretest.Config(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	var others []*zyre.Node
	began := time.Now()
	for i := range n {
		others = append(others, zyretest.Start(t, sharetest.Sharing(t, cfg, fmt.Sprint("node ", i))))
	}
	known := map[zyre.UUID]bool{}
	follow(t, alice, "acquaintance with all", func(e zyre.Event) bool {
		if e.Type == zyre.Enter {
			known[e.Peer] = true
		}
		return len(known) == n
	})
	t.Logf("%d nodes after %v", n, time.Since(began))
	began = time.Now()
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(t.TempDir(), "big"), content), "big")
	some := make(chan struct{}, n)
	var have atomic.Int32
	var wg sync.WaitGroup
	for _, node := range others {
		wg.Go(func() {
			begun := false
			follow(t, node, "delivery", func(e zyre.Event) bool {
				if !begun && (e.Type == zyre.Progress || e.Type == zyre.Deliver) {
					begun = true
					some <- struct{}{}
				}
				if e.Type == zyre.Deliver {
					sharetest.Whole(t, e, content)
					have.Add(1)
				}
				return e.Type == zyre.Deliver
			})
		})
	}
	<-some
	late := zyretest.Start(t, sharetest.Sharing(t, cfg, "late"))
	t.Logf("%d of %d have it when the late one comes", have.Load(), n)
	delivery(t, late, "big", content)
	t.Logf("the late one has it after %v", time.Since(began))
	wg.Wait()
	t.Logf("all have it after %v", time.Since(began))
}
