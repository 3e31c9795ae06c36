package zyrelog

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/tools/internal/zyrelog/store"
)

// apart is how far a node's clock may be from ours without a word: some records
// travel for a while.
const apart = 10 * time.Second

// text returns a record as a line that is safe on a terminal.
func text(r store.Record, names *store.Names) []byte {
	line := fmt.Appendf(nil, "%s %-7s %s %s", r.Received.UTC().Format("2006-01-02T15:04:05.000Z"),
		zrelog.LevelName(r.Level), names.Of(r.Node, r.Received), zrelog.EventName(r.Event))
	if r.Peer != 0 {
		line = fmt.Appendf(line, " %s", names.Of(r.Peer, r.Received))
	}
	if r.Text != "" {
		line = fmt.Appendf(line, ": %s", show.Text(r.Text))
	}
	if d := r.Sent.Sub(r.Received); d > apart || d < -apart {
		line = fmt.Appendf(line, " [said at %s]", r.Sent.UTC().Format(time.RFC3339))
	}
	return append(line, '\n')
}

// gap is a record of our own: something is missing here.
func gap(own uint16, lost int, why error) store.Record {
	now := time.Now()
	return store.Record{Received: now, Sent: now, Level: zrelog.LevelWarning, Node: own,
		Text: zrelog.Cut(fmt.Sprintf("the collector lost %s before this: %v", show.Plural(lost, "record"), why), zrelog.MaxData)}
}

// printing is a store whose records are shown once it has them.
type printing struct {
	store.Store
	w      io.Writer
	names  store.Names
	failed func(error) // stdout takes nothing any more
	buf    []byte
}

func (p *printing) Write(ctx context.Context, b store.Batch) error {
	if err := p.Store.Write(ctx, b); err != nil {
		return err
	}
	p.names.Meet(b.Nodes...)
	p.buf = p.buf[:0]
	for _, r := range b.Records {
		p.buf = append(p.buf, text(r, &p.names)...)
	}
	if _, err := p.w.Write(p.buf); err != nil {
		p.failed(fmt.Errorf("%w: %w", errStdout, err))
	}
	return nil
}
