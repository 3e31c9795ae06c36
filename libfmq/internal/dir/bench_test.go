package dir

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// manyFiles makes files in folders, old enough to be stable. Those in a folder are one and the same, which is faster to make.
func manyFiles(tb testing.TB, folders, each int) string {
	tb.Helper()
	top := tb.TempDir()
	for i := range folders {
		folder := filepath.Join(top, fmt.Sprintf("folder%04d", i))
		must(tb, os.Mkdir(folder, 0o700))
		for j := range each {
			name := filepath.Join(folder, fmt.Sprintf("file%06d.dat", j))
			if j == 0 {
				must(tb, os.WriteFile(name, nil, 0o600))
				must(tb, os.Chtimes(name, old, old))
			} else {
				must(tb, os.Link(filepath.Join(folder, "file000000.dat"), name))
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

// BenchmarkLatency tells how long it takes from the moment of stability to the patch, for files that are written one after the other.
func BenchmarkLatency(b *testing.B) {
	const stable = 20 * time.Millisecond
	top := b.TempDir()
	w, err := Watch(Config{Dir: top, Stable: stable})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	<-w.Patches()
	var late []time.Duration
	for i := 0; b.Loop(); i++ {
		must(b, os.WriteFile(filepath.Join(top, fmt.Sprint(i)), make([]byte, 1000), 0o600))
		for _, p := range <-w.Patches() {
			late = append(late, time.Since(p.File.ModTime)-stable)
		}
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Microseconds()), "us-median")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "us-p99")
}
