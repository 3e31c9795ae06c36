package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/zeromq/gozyre/tools/internal/show"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// How a file says that it is ours: SQLite's application_id ("ZLOG") and
// user_version.
const (
	applicationID = 0x5a4c4f47
	schemaVersion = 1
)

// schema is of times in microseconds since 1970. Numbers of records are never
// used twice, so that who follows misses none.
const schema = `
create table record (
	id       integer primary key autoincrement,
	received integer not null,
	sent     integer not null,
	level    integer not null,
	event    integer not null,
	node     integer not null,
	peer     integer not null,
	text     text not null,
	raw      blob
);
create index record_received on record (received);
create table node (
	hash  integer not null,
	uuid  text not null primary key,
	name  blob not null,
	addr  text not null,
	first integer not null,
	last  integer not null
) without rowid;
create index node_last on node (last);`

// busy is how long a write waits for others who use the file, a backup say.
const busy = 5 * time.Second

type sqlite struct {
	db     *sql.DB
	file   string
	limits Limits
	page   int64     // octets
	pruned time.Time // when ages were looked at last; zero: there are more to go
	args   []any     // of an insert, used again
}

func openSQLite(ctx context.Context, file string, limits Limits, write bool) (_ *sqlite, err error) {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", show.Text(file)) // SQLite would wait for a pipe
	}
	mode := "ro"
	if write {
		mode = "rw"
		// It is nobody else's, and what SQLite puts beside it neither.
		f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	} else if _, err := os.Stat(file); err != nil {
		return nil, err // SQLite says only that it cannot
	}
	// The path goes into a URL, so that no octet of it is taken for an option. A log
	// may lose its last second when the machine loses power, but no more: NORMAL.
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: fmt.Sprintf(
		"mode=%s&_pragma=busy_timeout(%d)&_pragma=synchronous(normal)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_txlock=immediate", mode, busy.Milliseconds())}
	s := &sqlite{file: file, limits: limits, args: make([]any, 0, rowsPerInsert*8)}
	if s.db, err = sql.Open("sqlite", name.String()); err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(1)
	if err := s.prepare(ctx, write); err != nil {
		return nil, errors.Join(s.failed(err), s.db.Close())
	}
	return s, nil
}

// failed says of which file an error is, and what can be done.
func (s *sqlite) failed(err error) error {
	name := show.Text(s.file)
	var of *driver.Error
	if errors.As(err, &of) {
		switch of.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%s: %w: move it away, or name another", name, err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fmt.Errorf("%s: %w: another program keeps it locked", name, err)
		}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// prepare makes the tables where there are none, and looks whether the file is
// what we take it for.
func (s *sqlite) prepare(ctx context.Context, write bool) error {
	var application, version, tables int64
	for _, read := range []struct {
		into *int64
		text string
	}{{&application, "pragma application_id"}, {&version, "pragma user_version"}, {&tables, "select count(*) from sqlite_schema"}, {&s.page, "pragma page_size"}} {
		if err := s.db.QueryRowContext(ctx, read.text).Scan(read.into); err != nil {
			return err
		}
	}
	if application == applicationID && version == schemaVersion {
		return nil
	}
	if !write || tables > 0 || application != 0 {
		return ErrForeign
	}
	if _, err := s.db.ExecContext(ctx, "pragma journal_mode = wal"); err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, fmt.Sprintf("%s; pragma application_id = %d; pragma user_version = %d", schema, applicationID, schemaVersion))
		return err
	})
}

var sqliteDialect = dialect{"record", func(int) string { return "?" }, func(t time.Time) any { return t.UnixMicro() }}

func (s *sqlite) Start(ctx context.Context, q Query, last int) (after int64, err error) {
	text, args := sqliteDialect.start(q, last)
	if err := s.db.QueryRowContext(ctx, text, args...).Scan(&after); err != nil {
		return 0, s.failed(err)
	}
	return after, nil
}

func (s *sqlite) Read(ctx context.Context, q Query, most int) (records []Record, err error) {
	text, args := sqliteDialect.read(q, most)
	rows, err := s.db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, s.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Record
		var received, sent int64
		var raw []byte
		if err := rows.Scan(&r.ID, &received, &sent, &r.Level, &r.Event, &r.Node, &r.Peer, &r.Text, &raw); err != nil {
			return nil, s.failed(err)
		}
		r.Received, r.Sent = time.UnixMicro(received), time.UnixMicro(sent)
		if raw != nil {
			r.Text = string(raw)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed(err)
	}
	return records, nil
}

func (s *sqlite) Nodes(ctx context.Context) (nodes []Node, err error) {
	rows, err := s.db.QueryContext(ctx, "select hash, uuid, name, addr, first, last from node order by last desc limit ?", maxNodes)
	if err != nil {
		return nil, s.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Node
		var first, last int64
		if err := rows.Scan(&n.Hash, &n.UUID, &n.Name, &n.Addr, &first, &last); err != nil {
			return nil, s.failed(err)
		}
		n.First, n.Last = time.UnixMicro(first), time.UnixMicro(last)
		nodes = append(nodes, n)
	}
	return nodes, rows.Err()
}

func (s *sqlite) Close() error { return s.db.Close() }
