package store

import (
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkWrite writes batches of 10,000 records.
func BenchmarkWrite(b *testing.B) {
	const batch = 10_000
	all := records(0, batch)
	for name, open := range map[string]func() (Store, error){
		"SQLite": func() (Store, error) { return Open(b.Context(), filepath.Join(b.TempDir(), "log.db"), Limits{}) },
		"JSON":   func() (Store, error) { return OpenLines(filepath.Join(b.TempDir(), "log.json"), Limits{}) },
		"PostgreSQL": func() (Store, error) {
			server := startPostgres(b)
			return Open(b.Context(), server.url("postgres"), Limits{})
		},
	} {
		b.Run(name, func(b *testing.B) {
			s, err := open()
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			for b.Loop() {
				now := time.Now()
				for i := range all {
					all[i].Received, all[i].Sent = now, now
				}
				if err := s.Write(b.Context(), Batch{Records: all}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "records/s")
		})
	}
}
