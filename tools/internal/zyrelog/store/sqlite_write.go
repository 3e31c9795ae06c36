package store

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"
)

// rowsPerInsert is how many records a statement takes: measured, more are not
// faster.
const rowsPerInsert = 50

// change runs fn in a transaction.
func (s *sqlite) change(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func (s *sqlite) Write(ctx context.Context, b Batch) error {
	now := time.Now()
	pruned := s.pruned
	err := s.change(ctx, func(tx *sql.Tx) error {
		for _, n := range b.Nodes {
			if _, err := tx.ExecContext(ctx, `insert into node (hash, uuid, name, addr, first, last) values (?, ?, ?, ?, ?, ?)
				on conflict (uuid) do update set name = excluded.name, addr = excluded.addr, last = max(last, excluded.last)`,
				int64(n.Hash), n.UUID, []byte(n.Name), legible(n.Addr), n.First.UnixMicro(), n.Last.UnixMicro()); err != nil {
				return err
			}
		}
		if err := s.prune(ctx, tx, now, prunedBy(len(b.Records))); err != nil { // before they come, so that a full disk has room for them
			return err
		}
		return s.insert(ctx, tx, b.Records)
	})
	if err != nil {
		s.pruned = pruned
		return s.failed(err)
	}
	return nil
}

// insert adds records, many with one statement.
func (s *sqlite) insert(ctx context.Context, tx *sql.Tx, records []Record) error {
	const row = "(?, ?, ?, ?, ?, ?, ?, ?)"
	var many *sql.Stmt
	for len(records) > 0 {
		n := min(len(records), rowsPerInsert)
		s.args = s.args[:0]
		for _, r := range records[:n] {
			text, raw := columns(r.Text)
			s.args = append(s.args, r.Received.UnixMicro(), r.Sent.UnixMicro(), int64(r.Level), int64(r.Event), int64(r.Node), int64(r.Peer), text, nil)
			if raw != nil {
				s.args[len(s.args)-1] = raw
			}
		}
		text := "insert into record (received, sent, level, event, node, peer, text, raw) values " + row + strings.Repeat(", "+row, n-1)
		var err error
		if n < rowsPerInsert {
			_, err = tx.ExecContext(ctx, text, s.args...)
		} else {
			if many == nil {
				if many, err = tx.PrepareContext(ctx, text); err != nil {
					return err
				}
				defer many.Close()
			}
			_, err = many.ExecContext(ctx, s.args...)
		}
		if err != nil {
			return err
		}
		records = records[n:]
	}
	return nil
}

// prune removes the oldest of what is beyond the limits, at most so many
// records. Their pages are used again, so the file stays as large as it was.
func (s *sqlite) prune(ctx context.Context, tx *sql.Tx, now time.Time, most int) error {
	if s.limits.Size > 0 {
		var pages int64
		if err := tx.QueryRowContext(ctx, "select page_count - freelist_count from pragma_page_count, pragma_freelist_count").Scan(&pages); err != nil {
			return err
		}
		if pages*s.page > s.limits.Size {
			if _, err := tx.ExecContext(ctx, "delete from record where id in (select id from record order by id limit ?)", most); err != nil {
				return err
			}
		}
	}
	if now.Sub(s.pruned) < pruneEvery && now.After(s.pruned) {
		return nil
	}
	s.pruned = now
	oldest := int64(math.MinInt64)
	if s.limits.Age > 0 {
		oldest = now.Add(-s.limits.Age).UnixMicro()
		gone, err := tx.ExecContext(ctx, "delete from record where id in (select id from record where received < ? order by received limit ?)", oldest, most)
		if err != nil {
			return err
		}
		if n, err := gone.RowsAffected(); err != nil {
			return err
		} else if n == int64(most) {
			s.pruned = time.Time{}
		}
	}
	_, err := tx.ExecContext(ctx, `delete from node where last < ? or
		last < (select last from node order by last desc limit 1 offset ?)`, oldest, maxNodes-1)
	return err
}
