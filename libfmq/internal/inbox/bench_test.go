package inbox

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkSmallFiles receives 10,000 files of 4 KB in 100 folders.
func BenchmarkSmallFiles(b *testing.B) {
	data := make([]byte, 4096)
	sum := sha1.Sum(data)
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		in := openInbox(b, filepath.Join(b.TempDir(), "inbox"))
		names := make([]string, 10_000)
		for i := range names {
			names[i] = fmt.Sprintf("folder%02d/file%05d", i/100, i)
		}
		h := Header{Size: 4096, ModTime: time.Unix(1e9, 5), Mode: 0o644, HasMode: true}
		b.StartTimer()
		for _, name := range names {
			f, err := in.Begin("tcp://127.0.0.1:5670", name, h, 0)
			if err != nil {
				b.Fatal(err)
			}
			if err := f.Write(data); err != nil {
				b.Fatal(err)
			}
			if _, err := f.Finish(&sum); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		in.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/10_000, "µs/file")
}

// BenchmarkLargeFile receives 1 GiB in writes of 256 KB.
func BenchmarkLargeFile(b *testing.B) {
	p := make([]byte, 256<<10)
	b.SetBytes(1 << 30)
	for range b.N {
		b.StopTimer()
		d, err := os.MkdirTemp("", "inbox")
		if err != nil {
			b.Fatal(err)
		}
		in := openInbox(b, d)
		b.StartTimer()
		f, err := in.Begin("tcp://127.0.0.1:5670", "file", Header{Size: 1 << 30}, 0)
		if err != nil {
			b.Fatal(err)
		}
		for range 4096 {
			if err := f.Write(p); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := f.Finish(nil); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		in.Close()
		os.RemoveAll(d)
	}
}

// BenchmarkLargeFileBare does with 1 GiB the least that can be done: it hashes and writes.
func BenchmarkLargeFileBare(b *testing.B) {
	p := make([]byte, 256<<10)
	b.SetBytes(1 << 30)
	for range b.N {
		b.StopTimer()
		f, err := os.CreateTemp("", "inbox")
		if err != nil {
			b.Fatal(err)
		}
		h := sha1.New()
		b.StartTimer()
		for range 4096 {
			h.Write(p)
			if _, err := f.Write(p); err != nil {
				b.Fatal(err)
			}
		}
		h.Sum(nil)
		b.StopTimer()
		f.Close()
		os.Remove(f.Name())
	}
}
