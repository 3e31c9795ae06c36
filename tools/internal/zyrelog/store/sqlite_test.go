package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestSQLiteSize(t *testing.T) {
	const limit = 1 << 20
	file := filepath.Join(t.TempDir(), "log.db")
	s := openFile(t, file, Limits{Size: limit})
	n := 0
	for range 30 {
		batch := records(n, n+2000)
		write(t, s, Batch{Records: batch})
		n += len(batch)
	}
	got := texts(t, s, Query{}, 0)
	oldest, err := strconv.Atoi(got[0])
	if err != nil || got[len(got)-1] != strconv.Itoa(n-1) || len(got) != n-oldest || len(got) < 5000 {
		t.Errorf("%d of %d records are left, the oldest %s, the newest %s", len(got), n, got[0], got[len(got)-1])
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() > limit*3/2 {
		t.Errorf("it has %d octets, more than the limit and a batch: %v", info.Size(), err)
	}
	// A lower limit later: it takes a few batches.
	s = openFile(t, file, Limits{Size: limit / 4})
	for range 10 {
		write(t, s, Batch{Records: records(0, 1)})
	}
	if left := len(texts(t, s, Query{}, 0)); left > len(got)/2 {
		t.Errorf("%d of %d records are left after the limit was lowered", left, len(got))
	}
}

func TestSQLiteForeign(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	db := must[*sql.DB](t)(sql.Open("sqlite", other))
	if _, err := db.Exec("create table precious (x)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	noDatabase := filepath.Join(dir, "no.db")
	if err := os.WriteFile(noDatabase, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	s := openFile(t, newer, Limits{})
	if _, err := s.db.Exec("pragma user_version = 2"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, says string
		is         error
	}{
		{other, "other.db: it is no log", ErrForeign},
		{newer, "newer.db: it is no log", ErrForeign},
		{noDatabase, "move it away", nil},
		{filepath.Join(dir, "nowhere", "log.db"), "nowhere", nil},
		{"mysql://host/db", "neither a file nor postgres://", nil},
	} {
		before, _ := os.ReadFile(c.file)
		for what, open := range map[string]func() (Reader, error){
			"write": func() (Reader, error) { return Open(t.Context(), c.file, Limits{}) },
			"read":  func() (Reader, error) { return OpenReader(t.Context(), c.file) },
		} {
			if _, err := open(); err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("to %s %s: %v", what, c.file, err)
			}
		}
		if after, _ := os.ReadFile(c.file); string(before) != string(after) {
			t.Errorf("%s was changed", c.file)
		}
	}
}

// The disk is full, or another program holds the lock: nothing of a batch is
// kept, and all of it once that is over.
func TestSQLiteRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openFile(t, file, Limits{})
	write(t, s, Batch{Records: records(0, 10)})
	batch := Batch{Records: records(10, 5000), Nodes: []Node{{Name: "n", UUID: "u"}}}
	check := func(what, says string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
		if got := texts(t, s, Query{}, 0); len(got) != 10 {
			t.Errorf("%s: %d records are there", what, len(got))
		}
	}
	// SQLite's own limit is the same error as a disk's.
	if _, err := s.db.Exec("pragma max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	check("full", "full", s.Write(t.Context(), batch))
	if _, err := s.db.Exec("pragma max_page_count = 1000000; pragma busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	other := openFile(t, file, Limits{})
	if _, err := other.db.Exec("begin immediate"); err != nil {
		t.Fatal(err)
	}
	check("locked", "locked", s.Write(t.Context(), batch))
	if _, err := other.db.Exec("rollback"); err != nil {
		t.Fatal(err)
	}
	write(t, s, batch)
	if got := texts(t, s, Query{}, 0); len(got) != 5000 {
		t.Errorf("%d records are there", len(got))
	}
}
