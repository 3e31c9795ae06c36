package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Store takes records. Its methods are called by one goroutine at a time.
type Store interface {
	// Write keeps all of a batch, or nothing of it and says why. Then the same batch
	// may be written again.
	Write(ctx context.Context, b Batch) error
	// Close lets go of it.
	Close() error
}

// Reader is a Store that can be asked. None of the questions keeps others from
// writing for longer than it takes.
type Reader interface {
	Store
	// Read returns the first records that q wants, in the order of their numbers, at
	// most so many.
	Read(ctx context.Context, q Query, most int) ([]Record, error)
	// Start returns what q.After is to be to get no more than the last so many of what q
	// wants (0: all), without looking at what is older. If nothing is wanted it is the
	// newest record's number.
	Start(ctx context.Context, q Query, last int) (after int64, err error)
	// Nodes returns those that were met, the last met first.
	Nodes(ctx context.Context) ([]Node, error)
}

// Limits say how much is kept. Zero: everything.
type Limits struct {
	Age  time.Duration
	Size int64 // octets, of a database without its journal
}

// Bounds of what is kept beside the records, and of what is removed with one
// batch, so that no batch waits long.
const (
	maxNodes    = 20_000
	leastPruned = 4_000
)

// prunedBy is how many old records go at most when n come: more than come, so
// that a store gets below its limit.
func prunedBy(n int) int { return max(2*n, leastPruned) }

// pruneEvery is how often the age of records is looked at.
const pruneEvery = 5 * time.Second

// IsURL reports whether where names a database server rather than a file.
func IsURL(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// ErrForeign: the file or database belongs to something else.
var ErrForeign = errors.New("it is no log of zyre's, or a newer version's: name another")

// Open opens a database for writing and makes it if it is not there: a file of
// SQLite, or PostgreSQL by URL.
func Open(ctx context.Context, where string, limits Limits) (Reader, error) {
	if IsURL(where) {
		return openPostgres(ctx, where, limits, true)
	}
	if strings.Contains(where, "://") {
		return nil, fmt.Errorf("%.100q is neither a file nor postgres://USER@HOST/DATABASE", where)
	}
	return openSQLite(ctx, where, limits, true)
}

// OpenReader opens a database to be read: it changes nothing.
func OpenReader(ctx context.Context, where string) (Reader, error) {
	if IsURL(where) {
		return openPostgres(ctx, where, Limits{}, false)
	}
	if strings.Contains(where, "://") {
		return nil, fmt.Errorf("%.100q is neither a file nor postgres://USER@HOST/DATABASE", where)
	}
	return openSQLite(ctx, where, Limits{}, false)
}
