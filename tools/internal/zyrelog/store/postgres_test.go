package store

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestPostgres(t *testing.T) {
	server := startPostgres(t)
	where := server.database(t, "log")
	open := func(t *testing.T, limits Limits) Reader {
		s := must[Reader](t)(Open(t.Context(), where, limits))
		t.Cleanup(func() { s.Close() })
		return s
	}
	t.Run("missing", func(t *testing.T) {
		if _, err := OpenReader(t.Context(), where); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), `database "log"`) {
			t.Errorf("nothing was collected: %v", err)
		}
	})
	t.Run("reader", func(t *testing.T) {
		testReader(t, open, func(t *testing.T) Reader {
			s := must[Reader](t)(OpenReader(t.Context(), where))
			t.Cleanup(func() { s.Close() })
			return s
		})
	})
	t.Run("size", func(t *testing.T) { testPostgresSize(t, server.database(t, "size")) })
	t.Run("foreign", func(t *testing.T) {
		where := server.database(t, "other")
		server.run(t, "other", "create schema zyre_log; create table zyre_log.record (precious int)")
		if _, err := Open(t.Context(), where, Limits{}); !errors.Is(err, ErrForeign) {
			t.Errorf("somebody else's: %v", err)
		}
	})
	t.Run("encoding", func(t *testing.T) {
		server.run(t, "postgres", "create database latin encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0")
		if _, err := Open(t.Context(), server.url("latin"), Limits{}); err == nil || !strings.Contains(err.Error(), "encoding is LATIN1") {
			t.Errorf("a database without most characters: %v", err)
		}
	})
	t.Run("client encoding", func(t *testing.T) {
		where := server.database(t, "japan")
		server.run(t, "japan", "alter database japan set client_encoding = 'EUC_JP'")
		const text = "€ é 日本"
		for _, where := range []string{where, where + "&client_encoding=LATIN1"} {
			s := must[Reader](t)(Open(t.Context(), where, Limits{}))
			write(t, s, Batch{Records: []Record{{Received: time.Now(), Sent: noon, Text: text}}})
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		s := must[Reader](t)(Open(t.Context(), where, Limits{}))
		defer s.Close()
		if got := texts(t, s, Query{}, 0); !slices.Equal(got, []string{text, text}) {
			t.Errorf("%q", got)
		}
	})
	t.Run("two collectors", func(t *testing.T) {
		one, two := open(t, Limits{}), open(t, Limits{})
		before := must[int64](t)(one.Start(t.Context(), Query{}, 1))
		done := make(chan error, 2)
		for i, s := range []Reader{one, two} {
			go func() {
				var err error
				for n := range 20 {
					err = errors.Join(err, s.Write(t.Context(), Batch{Records: records(n*50, n*50+50+i)}))
				}
				done <- err
			}()
		}
		if err := errors.Join(<-done, <-done); err != nil {
			t.Fatal(err)
		}
		if got := must[[]Record](t)(one.Read(t.Context(), Query{After: before + 1}, 5000)); len(got) != 2020 {
			t.Errorf("%d records of 2020 are there", len(got))
		}
	})
	t.Run("restart", func(t *testing.T) {
		s := open(t, Limits{})
		server.stop(t)
		if err := s.Write(t.Context(), Batch{Records: records(0, 1)}); err == nil {
			t.Error("a server that is down takes records")
		}
		if err := s.Write(t.Context(), Batch{Records: records(0, 1)}); err == nil || strings.Contains(err.Error(), "closed") {
			t.Errorf("a server that is down: %v", err)
		}
		server.start(t)
		write(t, s, Batch{Records: []Record{{Received: time.Now(), Sent: noon, Text: "again"}}})
		if got := texts(t, s, Query{}, 1); len(got) != 1 || got[0] != "again" {
			t.Errorf("after a restart: %q", got)
		}
	})
}

func testPostgresSize(t *testing.T, where string) {
	const limit = 1 << 20
	s := must[Reader](t)(Open(t.Context(), where, Limits{Size: limit})).(*postgres)
	defer s.Close()
	const each, n = 2000, 30
	for i := range n {
		s.pruned = time.Time{} // as if time had passed
		write(t, s, Batch{Records: records(i*each, i*each+each)})
	}
	got := texts(t, s, Query{}, 0)
	if len(got) < 5000 || len(got) > 15_000 || got[len(got)-1] != fmt.Sprint(n*each-1) {
		t.Errorf("%d of %d records are left", len(got), n*each)
	}
}

func TestPostgresURL(t *testing.T) {
	for _, where := range []string{"postgres://me:secret@127.0.0.1:1/log?sslmode=disable", "postgres://me:secret@[::1/log", "postgres://me:secret@host/log?connect_timeout=x"} {
		_, err := Open(t.Context(), where, Limits{})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", where, err)
		}
	}
}

// database makes one on the server, and returns its URL.
func (p *postgresServer) database(t *testing.T, name string) string {
	t.Helper()
	p.run(t, "postgres", "create database "+name)
	return p.url(name)
}

func (p *postgresServer) url(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {p.dir}, "user": {"zyre"}, "sslmode": {"disable"}}.Encode()
}

func (p *postgresServer) run(t *testing.T, database, sql string) {
	t.Helper()
	conn := must[*pgx.Conn](t)(pgx.Connect(t.Context(), p.url(database)))
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}
