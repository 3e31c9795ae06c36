package dir

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// manyFiles makes empty files in folders, old enough to be stable.
func manyFiles(tb testing.TB, folders, each int) string {
	tb.Helper()
	top := tb.TempDir()
	old := time.Now().Add(-time.Hour)
	for i := range folders {
		folder := filepath.Join(top, fmt.Sprintf("folder%04d", i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			tb.Fatal(err)
		}
		for j := range each {
			name := filepath.Join(folder, fmt.Sprintf("file%06d.dat", j))
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				tb.Fatal(err)
			}
			if err := os.Chtimes(name, old, old); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return top
}

// scanAll scans once.
func scanAll(tb testing.TB, t *tree) {
	if !t.enter() {
		tb.Fatal("the directory is gone")
	}
	t.begin()
	for len(t.todo) > 0 {
		t.step()
	}
	t.leave()
}

func BenchmarkScan(b *testing.B) {
	top := manyFiles(b, 1000, 100)
	cfg := Config{Dir: top, Stable: time.Second, Monitor: time.Second}
	setDefaults(&cfg)
	notify, err := newNotifier()
	if err != nil {
		b.Fatal(err)
	}
	defer notify.Close()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	t := newTree(cfg, top, notify)
	begin := time.Now()
	scanAll(b, t)
	first := time.Since(begin)
	clear(t.out)
	t.out = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		scanAll(b, t)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/100_000, "octets/file")
	b.ReportMetric(float64(first.Milliseconds()), "ms-first")
	runtime.KeepAlive(t)
}
