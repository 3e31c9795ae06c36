package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// The tables, in a schema of their own, so that a database can be shared.
const (
	pgSchema = "zyre_log"
	pgRecord = pgSchema + ".record"
	pgNode   = pgSchema + ".node"
)

// postgresSchema says its version in a comment. The index is tiny: records come
// in the order of their time.
const postgresSchema = `
create schema zyre_log;
create table zyre_log.record (
	id       bigint generated always as identity primary key,
	received timestamptz not null,
	sent     timestamptz not null,
	level    smallint not null,
	event    smallint not null,
	node     integer not null,
	peer     integer not null,
	text     text not null,
	raw      bytea
);
create index record_received on zyre_log.record using brin (received) with (pages_per_range = 16);
create table zyre_log.node (
	hash  integer not null,
	uuid  text not null primary key,
	name  bytea not null,
	addr  text not null,
	first timestamptz not null,
	last  timestamptz not null
);
create index node_last on zyre_log.node (last);
comment on schema zyre_log is 'zyre log 1'`

const schemaComment = "zyre log 1"

// How long a server may take to let us in, and for a batch.
const (
	connectWithin = 5 * time.Second
	writeWithin   = 30 * time.Second
)

type postgres struct {
	cfg    *pgx.ConnConfig
	conn   *pgx.Conn // nil: it broke, and is made anew
	limits Limits
	pruned time.Time // when age was looked at last; zero: there is more to go
}

func openPostgres(ctx context.Context, url string, limits Limits, write bool) (*postgres, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err // without the password
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectWithin
	}
	if _, set := cfg.RuntimeParams["application_name"]; !set {
		cfg.RuntimeParams["application_name"] = "zyre log"
	}
	cfg.RuntimeParams["client_encoding"] = "UTF8" // it is what we send, whatever the server or the URL takes for granted
	s := &postgres{cfg: cfg, limits: limits}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, write); err != nil {
		return nil, errors.Join(s.failed(err), s.Close())
	}
	return s, nil
}

// failed says of which database an error is.
func (s *postgres) failed(err error) error {
	return fmt.Errorf("database %q at %s: %w", s.cfg.Database, s.cfg.Host, err)
}

func (s *postgres) connect(ctx context.Context) (err error) {
	if s.conn != nil && !s.conn.IsClosed() {
		return nil
	}
	s.conn, err = pgx.ConnectConfig(ctx, s.cfg)
	return err
}

func (s *postgres) prepare(ctx context.Context, write bool) error {
	return pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		// What a node says must not be a reason to refuse a batch for ever.
		var encoding string
		if err := tx.QueryRow(ctx, "select getdatabaseencoding()").Scan(&encoding); err != nil {
			return err
		}
		if encoding != "UTF8" {
			return fmt.Errorf("its encoding is %s, which has not every text: name one whose encoding is UTF8", encoding)
		}
		// Two collectors that begin at once make the tables one after the other.
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(applicationID)); err != nil {
			return err
		}
		var comment *string
		err := tx.QueryRow(ctx, "select obj_description(oid) from pg_namespace where nspname = $1", pgSchema).Scan(&comment)
		switch {
		case errors.Is(err, pgx.ErrNoRows) && write:
			_, err = tx.Exec(ctx, postgresSchema)
			return err
		case err == nil && comment != nil && *comment == schemaComment:
			return nil
		case err == nil || errors.Is(err, pgx.ErrNoRows):
			return ErrForeign
		}
		return err
	})
}

var postgresDialect = dialect{pgRecord, func(n int) string { return "$" + strconv.Itoa(n) }, func(t time.Time) any { return t }}

func (s *postgres) Start(ctx context.Context, q Query, last int) (after int64, err error) {
	if err := s.connect(ctx); err != nil {
		return 0, err
	}
	text, args := postgresDialect.start(q, last)
	if err := s.conn.QueryRow(ctx, text, args...).Scan(&after); err != nil {
		return 0, s.failed(err)
	}
	return after, nil
}

func (s *postgres) Read(ctx context.Context, q Query, most int) (records []Record, err error) {
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	text, args := postgresDialect.read(q, most)
	rows, err := s.conn.Query(ctx, text, args...)
	if err != nil {
		return nil, s.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Record
		var level, event int16
		var node, peer int32
		var raw []byte
		if err := rows.Scan(&r.ID, &r.Received, &r.Sent, &level, &event, &node, &peer, &r.Text, &raw); err != nil {
			return nil, s.failed(err)
		}
		r.Level, r.Event, r.Node, r.Peer = uint8(level), uint8(event), uint16(node), uint16(peer)
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

func (s *postgres) Nodes(ctx context.Context) (nodes []Node, err error) {
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	rows, err := s.conn.Query(ctx, "select hash, uuid, name, addr, first, last from "+pgNode+" order by last desc limit $1", maxNodes)
	if err != nil {
		return nil, s.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Node
		var hash int32
		var name []byte
		if err := rows.Scan(&hash, &n.UUID, &name, &n.Addr, &n.First, &n.Last); err != nil {
			return nil, s.failed(err)
		}
		n.Hash, n.Name = uint16(hash), string(name)
		nodes = append(nodes, n)
	}
	return nodes, rows.Err()
}

func (s *postgres) Close() error {
	if s.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	defer cancel()
	return s.conn.Close(ctx)
}
