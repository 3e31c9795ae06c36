package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

func (s *postgres) Write(ctx context.Context, b Batch) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	if err := s.connect(ctx); err != nil {
		return err
	}
	now, pruned := time.Now(), s.pruned
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		// One collector after the other, so that numbers appear in their order: who
		// follows misses none.
		if _, err := tx.Exec(ctx, "lock table "+pgRecord+" in share row exclusive mode"); err != nil {
			return err
		}
		if err := copyRecords(ctx, tx, b.Records); err != nil {
			return err
		}
		if err := meet(ctx, tx, b.Nodes); err != nil {
			return err
		}
		return s.prune(ctx, tx, now, prunedBy(len(b.Records)))
	})
	if err != nil {
		s.pruned = pruned
		return s.failed(err)
	}
	return nil
}

func copyRecords(ctx context.Context, tx pgx.Tx, records []Record) error {
	if len(records) == 0 {
		return nil
	}
	row := make([]any, 8)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{pgSchema, "record"}, []string{"received", "sent", "level", "event", "node", "peer", "text", "raw"},
		pgx.CopyFromSlice(len(records), func(i int) ([]any, error) {
			r := &records[i]
			text, raw := columns(r.Text)
			row[0], row[1], row[2], row[3] = r.Received, r.Sent, int16(r.Level), int16(r.Event)
			row[4], row[5], row[6], row[7] = int32(r.Node), int32(r.Peer), text, raw
			return row, nil
		}))
	return err
}

// meet adds nodes, in one round trip.
func meet(ctx context.Context, tx pgx.Tx, nodes []Node) error {
	if len(nodes) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, n := range nodes {
		batch.Queue("insert into "+pgNode+` (hash, uuid, name, addr, first, last) values ($1, $2, $3, $4, $5, $6)
			on conflict (uuid) do update set name = excluded.name, addr = excluded.addr, last = greatest(node.last, excluded.last)`,
			int32(n.Hash), n.UUID, []byte(n.Name), legible(n.Addr), n.First, n.Last)
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// prune removes the oldest of what is beyond the limits, at most so many
// records. The server uses their place again.
func (s *postgres) prune(ctx context.Context, tx pgx.Tx, now time.Time, most int) error {
	if !s.pruned.IsZero() && now.Sub(s.pruned) < pruneEvery && now.After(s.pruned) {
		return nil
	}
	s.pruned = now
	if s.limits.Size > 0 {
		n, err := excess(ctx, tx, s.limits.Size)
		if err != nil {
			return err
		}
		if n > 0 {
			if n > int64(most) {
				n, s.pruned = int64(most), time.Time{}
			}
			if _, err := tx.Exec(ctx, "delete from "+pgRecord+" where id in (select id from "+pgRecord+" order by id limit $1)", n); err != nil {
				return err
			}
		}
	}
	oldest := time.Time{}
	if s.limits.Age > 0 {
		oldest = now.Add(-s.limits.Age)
		gone, err := tx.Exec(ctx, "delete from "+pgRecord+" where id in (select id from "+pgRecord+" where received < $1 order by id limit $2)", oldest, most)
		if err != nil {
			return err
		}
		if gone.RowsAffected() == int64(most) {
			s.pruned = time.Time{}
		}
	}
	_, err := tx.Exec(ctx, "delete from "+pgNode+" where last < $1 or last < (select last from "+pgNode+" order by last desc limit 1 offset $2)", oldest, maxNodes-1)
	return err
}

// excess is how many records are too many for that many octets. A table that
// records are removed from does not shrink, so it is the records that are
// measured: their number by their first and last, their size by the newest.
func excess(ctx context.Context, tx pgx.Tx, size int64) (n int64, err error) {
	const perRow = 28 + 24 // of the page and the index, beside the row itself
	err = tx.QueryRow(ctx, `select coalesce(count - $1::bigint / (octets + $2)::bigint, 0) from
		(select max(id) - min(id) + 1 as count from zyre_log.record) as counted,
		(select avg(pg_column_size(newest.*)) as octets from (select * from zyre_log.record order by id desc limit 1000) as newest) as measured`,
		size, perRow).Scan(&n)
	return n, err
}
