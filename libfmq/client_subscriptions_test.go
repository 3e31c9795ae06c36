package fmq

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"

	"github.com/zeromq/gozyre/libfmq/internal/client"
)

// many are paths of that many groups.
func many(n int) map[string]Subscription {
	all := map[string]Subscription{}
	for i := range n {
		all[fmt.Sprintf("/.groups/%03d", i)] = Subscription{Resync: true}
	}
	return all
}

// allocated is how many octets something takes, freed ones too.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Many paths in one go are copied a few times, and not once for each of them.
func TestSubscribeAllCopies(t *testing.T) {
	const n = 2000
	c := start(t, nil)
	subscribe(t, c, "/before", Subscription{})
	paths := many(n)
	const entry = 100 // octets of a subscription, somewhat more than there are
	const copies = 20
	for what, do := range map[string]func() error{
		"subscribing":   func() error { return c.SubscribeAll(t.Context(), paths) },
		"unsubscribing": func() error { return c.Unsubscribe(slices.Collect(maps.Keys(paths))...) },
	} {
		if octets := allocated(func() {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}); octets > copies*n*entry {
			t.Errorf("%s %d paths in one go takes %d octets, want %d at most, about %d copies", what, n, octets, copies*n*entry, copies)
		}
	}
}

// What comes of many paths in one go is what comes of them one by one.
func TestSubscribeAll(t *testing.T) {
	one, all := start(t, nil), start(t, nil)
	paths := many(50)
	paths["/"], paths["/.groups/007/deep/er"] = Subscription{Except: "/.groups"}, Subscription{Into: "x"}
	for _, c := range []*Client{one, all} {
		subscribe(t, c, "/.groups/003", Subscription{})
		subscribe(t, c, "/other", Subscription{})
		subscribe(t, c, "/was", Subscription{})
		if err := c.Unsubscribe("/was", "/was", "/never"); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		subscribe(t, one, path, paths[path])
	}
	if err := all.SubscribeAll(t.Context(), paths); err != nil {
		t.Fatal(err)
	}
	same := func() {
		t.Helper()
		a, b := one.wants.Load(), all.wants.Load()
		if !slices.Equal(a.inOrder, b.inOrder) || !slices.Equal(a.longest, b.longest) || !slices.Equal(a.left, b.left) {
			t.Errorf("one by one:\n%v\n%v\n%q\nin one go:\n%v\n%v\n%q", a.inOrder, a.longest, a.left, b.inOrder, b.longest, b.left)
		}
		if !slices.IsSortedFunc(b.longest, func(x, y client.Subscription) int { return len(y.Path) - len(x.Path) }) {
			t.Errorf("not the longest first: %v", b.longest)
		}
	}
	same()
	gone := slices.Sorted(maps.Keys(many(20)))
	for _, path := range gone {
		if err := one.Unsubscribe(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := all.Unsubscribe(gone...); err != nil {
		t.Fatal(err)
	}
	same()
	if w := all.wants.Load(); len(w.left) != 21 || len(w.inOrder) != 33 {
		t.Errorf("left are %q, wanted are %v", w.left, w.inOrder)
	}

	before := all.wants.Load()
	for why, bad := range map[string]map[string]Subscription{
		"no path":  {"/a": {}, "b": {}},
		"twice":    {"/a": {}, "/a/": {}},
		"too much": {"/a": {Mirror: true, Keep: true}, "/b": {}},
	} {
		if err := all.SubscribeAll(t.Context(), bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if err := all.Unsubscribe("/other", "other"); !errors.Is(err, ErrInvalid) || all.wants.Load() != before {
		t.Errorf("something was done: %v", err)
	}
}

// BenchmarkManyPaths is what 900 groups cost a client, which a node has for each of its peers.
func BenchmarkManyPaths(b *testing.B) {
	paths := many(900)
	dial := func() *Client {
		c, err := Dial(b.Context(), ClientConfig{Inbox: b.TempDir(), Lazy: true})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			c := dial()
			for path, of := range paths {
				c.Subscribe(b.Context(), path, of)
			}
			c.Close()
		}
	})
	b.Run("in one go", func(b *testing.B) {
		for b.Loop() {
			c := dial()
			c.SubscribeAll(b.Context(), paths)
			c.Close()
		}
	})
}
