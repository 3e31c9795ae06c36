package fmq

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkFetch fetches a directory, from the client's beginning until everything is here.
func BenchmarkFetch(b *testing.B) {
	for _, c := range []struct {
		name        string
		files, size int
	}{{"1x1GiB", 1, 1 << 30}, {"10000x4KiB", 10_000, 4 << 10}} {
		b.Run(c.name, func(b *testing.B) {
			dir := b.TempDir()
			before := time.Now().Add(-time.Hour)
			for i := range c.files {
				file := filepath.Join(dir, fmt.Sprint(i/100), fmt.Sprint(i))
				os.MkdirAll(filepath.Dir(file), 0o755)
				if err := os.WriteFile(file, make([]byte, c.size), 0o644); err != nil {
					b.Fatal(err)
				}
				os.Chtimes(file, before, before)
			}
			s, err := Listen(b.Context(), ServerConfig{Endpoint: "tcp://127.0.0.1:*", Publish: []Publish{{Dir: dir}}})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			b.SetBytes(int64(c.files) * int64(c.size))
			for b.Loop() {
				inbox := filepath.Join(b.TempDir(), "inbox")
				client, err := Dial(b.Context(), ClientConfig{Servers: []string{s.Endpoint()}, Inbox: inbox})
				if err != nil {
					b.Fatal(err)
				}
				client.Subscribe(b.Context(), "/", Subscription{Resync: true})
				for e := range client.Events() {
					if e.Type == Synced {
						break
					}
				}
				client.Close()
				b.StopTimer()
				os.RemoveAll(inbox)
				b.StartTimer()
			}
		})
	}
}
