package zyrelog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

// QueryOptions say which records to show. Zero fields want all.
type QueryOptions struct {
	Database     string // as in CollectOptions
	Since, Until Moment
	Level        Level
	Events       []string
	Nodes, Peers []string // names, or what else tells a node: see store.Names.Find
	Last         int
	Follow       bool // go on with what comes
	JSON         bool
	For          time.Duration // follow for so long; 0: without end
}

const (
	page        = 5_000 // records read at a time: what is shown slowly keeps nobody from writing
	lookEvery   = 250 * time.Millisecond
	followsLast = 10 // records of before, for who follows and says nothing
)

// Query shows records.
func Query(ctx context.Context, o QueryOptions, std cli.Streams) error {
	q := query{o: o, std: std}
	if err := q.check(); err != nil {
		return err
	}
	if o.Database == "" {
		o.Database = DefaultDatabase()
	}
	from, err := store.OpenReader(ctx, o.Database)
	if errors.Is(err, fs.ErrNotExist) && !store.IsURL(o.Database) {
		err = fmt.Errorf("%s: nothing was collected there: `zyre log` does that", show.Text(o.Database))
	}
	if err != nil {
		return err
	}
	q.from = from
	err = q.run(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil // who stops it has seen enough
	}
	return errors.Join(err, from.Close())
}

type query struct {
	o     QueryOptions
	std   cli.Streams
	from  store.Reader
	want  store.Query
	names store.Names
	met   time.Time // when the names were read
}

func (q *query) check() error {
	o := &q.o
	if o.Last < 0 {
		return cli.Usagef("--last %d: a number of records is not negative", o.Last)
	}
	if err := cli.CheckDuration("for", o.For); err != nil {
		return err
	}
	if o.For > 0 && !o.Follow {
		return cli.Usagef("--for is for --follow")
	}
	if o.Follow && o.Last == 0 && o.Since.IsZero() {
		o.Last = followsLast
	}
	for _, name := range o.Events {
		event, ok := store.ParseEvent(name)
		if !ok {
			return cli.Usagef("--event %s: there are TEXT, JOIN, LEAVE, ENTER, EXIT, SEND, RECV, STATS, and numbers up to 255", show.Text(name))
		}
		q.want.Events = append(q.want.Events, event)
	}
	q.want.Since, q.want.Until = o.Since.Time, o.Until.Time
	if o.Level < zrelog.LevelInfo { // else those without a name too
		q.want.Level = uint8(o.Level)
	}
	return nil
}

func (q *query) run(ctx context.Context) (err error) {
	if err := q.meet(ctx); err != nil {
		return err
	}
	if q.want.After, err = q.from.Start(ctx, q.want, q.o.Last); err != nil {
		return err
	}
	if !q.o.Follow {
		return q.read(ctx)
	}
	if q.o.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, q.o.For)
		defer cancel()
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := q.read(ctx); err != nil {
			return q.over(ctx, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			if now.Sub(q.met) >= time.Second {
				if err := q.meet(ctx); err != nil {
					return q.over(ctx, err)
				}
			}
		}
	}
}

// over forgives what went wrong because it is time to stop.
func (q *query) over(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// read shows what is there, page by page.
func (q *query) read(ctx context.Context) error {
	for {
		records, err := q.from.Read(ctx, q.want, page)
		if err != nil {
			return err
		}
		if q.stranger(records) {
			if err := q.meet(ctx); err != nil {
				return err
			}
		}
		var out []byte
		for _, r := range records {
			if q.o.JSON {
				out = append(out, store.JSON(r, &q.names)...)
			} else {
				out = append(out, text(r, &q.names)...)
			}
			q.want.After = r.ID
		}
		if _, err := q.std.Out.Write(out); err != nil {
			return fmt.Errorf("stdout: %w", err)
		}
		if len(records) < page {
			return nil
		}
	}
}

// stranger reports whether one of the records has a node that may have been met
// since the names were read.
func (q *query) stranger(records []store.Record) bool {
	if time.Since(q.met) < lookEvery/2 {
		return false
	}
	for _, r := range records {
		if !q.names.Known(r.Node) || r.Peer != 0 && !q.names.Known(r.Peer) {
			return true
		}
	}
	return false
}

// meet reads the names of nodes, and looks up those that are asked for. Of those that
// are not known a user is told; who follows may wait for them.
func (q *query) meet(ctx context.Context) error {
	nodes, err := q.from.Nodes(ctx)
	if err != nil {
		return err
	}
	q.names.Meet(nodes...)
	first := q.met.IsZero()
	q.met = time.Now()
	if q.want.Nodes, err = q.find(q.o.Nodes, first); err != nil {
		return err
	}
	q.want.Peers, err = q.find(q.o.Peers, first)
	return err
}

// find returns the hashes of nodes; nil: none was asked for.
func (q *query) find(who []string, first bool) (hashes []uint16, err error) {
	for _, text := range who {
		found := q.names.Find(text)
		if len(found) == 0 && first {
			err := fmt.Errorf("nobody called %s was met: nodes have names, four digits or more of their UUID, and #HASH for those that were not met", show.Text(text))
			if !q.o.Follow {
				return nil, err
			}
			fmt.Fprintf(q.std.Err, "* %v; perhaps he comes\n", err)
		}
		if hashes == nil {
			hashes = []uint16{}
		}
		hashes = append(hashes, found...)
	}
	return hashes, nil
}
