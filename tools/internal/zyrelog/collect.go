// Package zyrelog is what `zyre log` does: it collects what the nodes of a
// network report (gozyre/ZRELOG), keeps that, and answers questions about it.
package zyrelog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/tools/internal/state"
	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

// CollectOptions say what to collect, and into what.
type CollectOptions struct {
	Node     cli.Node
	Database string // a file, or postgres://…; empty: DefaultDatabase
	JSON     string // lines of JSON instead: a file, - is stdout
	Level    Level  // no less serious than this
	Keep     Age    // records that are older go; 0: never
	Size     Size   // beyond which the oldest go; 0: never
	Follow   bool   // show records as they come
	For      time.Duration
}

// DefaultDatabase is where records are kept if nothing else is said.
func DefaultDatabase() string { return filepath.Join(state.Dir(), "log.db") }

// saveWithin is how long records may take to be saved when the tool ends.
const saveWithin = 5 * time.Second

// Collect collects until ctx is done or the time is over.
func Collect(ctx context.Context, o CollectOptions, std cli.Streams) error {
	if err := cli.CheckDuration("for", o.For); err != nil {
		return err
	}
	if o.JSON == "-" && o.Follow {
		return cli.Usagef("--follow and --json -: both want stdout; the lines of JSON come as the records do")
	}
	to, where, err := open(ctx, o, std)
	if err != nil {
		return err
	}
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	if o.For > 0 {
		timer := time.AfterFunc(o.For, func() { leave(errOver) })
		defer timer.Stop()
	}
	if o.JSON == "-" {
		to = &printed{to, leave}
	}
	if o.Follow {
		to = &printing{Store: to, w: std.Out, failed: leave}
	}
	err = collect(ctx, o, to, where, std)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	if cause := context.Cause(ctx); errors.Is(cause, errStdout) {
		return cause
	}
	return nil
}

var (
	errOver   = errors.New("the time is over")
	errStdout = errors.New("stdout")
)

// open opens what takes the records, and says how it is called.
func open(ctx context.Context, o CollectOptions, std cli.Streams) (to store.Store, where string, err error) {
	limits := store.Limits{Age: time.Duration(o.Keep), Size: int64(o.Size)}
	switch {
	case o.JSON == "-":
		return store.NewLines(std.Out), "stdout", nil
	case o.JSON != "":
		to, err = store.OpenLines(o.JSON, limits)
		return to, show.Text(o.JSON), err
	case o.Database == "":
		o.Database = DefaultDatabase()
		if err := os.MkdirAll(filepath.Dir(o.Database), 0o700); err != nil {
			return nil, "", err
		}
	}
	to, err = store.Open(ctx, o.Database, limits)
	if where = show.Text(o.Database); store.IsURL(o.Database) {
		where = "PostgreSQL" // the URL may have a password in it
	}
	return to, where, err
}

// collect receives until ctx is done.
func collect(ctx context.Context, o CollectOptions, to store.Store, where string, std cli.Streams) error {
	note := func(format string, args ...any) { fmt.Fprintf(std.Err, "* "+format+"\n", args...) }
	me, err := state.Take("log")
	if err != nil {
		note("this node's UUID is not kept (%s)", show.Text(err.Error()))
	}
	defer me.Release()
	cfg := o.Node.Config(std.Err)
	cfg.UUID = me.UUID
	c, err := collector.Listen(collector.Config{Bind: bind(o.Node.Interface), Levels: o.Level.wanted(), Transport: cfg.Transport, Log: cfg.Log})
	if err != nil {
		return err
	}
	defer c.Close()
	cfg.Headers = map[string]string{collector.Header: c.Endpoint()}
	n, err := zyre.Start(context.WithoutCancel(ctx), cfg)
	if err != nil {
		if errors.Is(err, beacon.ErrPortInUse) {
			err = fmt.Errorf("%w; `zyre doctor` looks for who has it", err)
		}
		return err
	}
	note("%s (%s) collects on UDP port %d; records go to %s", show.Text(n.Name()), n.UUID(), o.Node.Port, where)
	begun := time.Now()
	k := newKeeper(to, zrelog.HashUUID(n.UUID()), func(s news) {
		switch {
		case s.failure == nil:
			note("%s takes records again; %s lost", where, were(s.lost))
		default:
			note("records are not kept: %s; %s in memory, %s lost; it is tried again", show.Text(s.failure.Error()), show.Plural(s.waiting, "record"), were(s.lost))
		}
	})
	r := &receiver{keeper: k, collector: c, met: map[zyre.UUID]store.Node{},
		self: store.Node{Hash: zrelog.HashUUID(n.UUID()), UUID: n.UUID().String(), Name: n.Name(), First: begun}}
	r.seen(begun)
	err = r.run(ctx, n)
	err = errors.Join(err, n.Close(), r.end())
	stats := c.Stats()
	note("%s in %.1f s", r.sum(stats), time.Since(begun).Seconds())
	return err
}

func were(n int) string {
	if n == 1 {
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
}

// bind is where to listen: a node on loopback only cannot be reached from
// elsewhere, and nor can its collector.
func bind(interfaces []string) netip.Addr {
	for _, name := range interfaces {
		if i, err := net.InterfaceByName(name); err != nil || i.Flags&net.FlagLoopback == 0 {
			return netip.Addr{}
		}
	}
	if len(interfaces) == 0 {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// printed is a store that is stdout: when nobody reads that any more, all is
// over.
type printed struct {
	store.Store
	leave func(error)
}

func (p *printed) Write(ctx context.Context, b store.Batch) error {
	if err := p.Store.Write(ctx, b); err != nil {
		p.leave(fmt.Errorf("%w: %w", errStdout, err))
	}
	return nil
}
