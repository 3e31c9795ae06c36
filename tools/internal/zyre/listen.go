package zyre

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// ListenOptions say what to receive.
type ListenOptions struct {
	Node   cli.Node
	Dir    string   // where files arrive, in a folder for each peer; empty: .inbox/UUID
	Groups []string // to be in, for what is only for their members
	JSON   bool
	For    time.Duration // stop after this long; 0: never
}

// Listen receives the files that peers publish, until ctx is done or the time is
// over.
func Listen(ctx context.Context, o ListenOptions, std cli.Streams) error {
	if err := cli.CheckDuration("for", o.For); err != nil {
		return err
	}
	b := newBoard(std, o.JSON)
	b.draw()
	defer b.close()
	here, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	n, release, err := begin(ctx, o.Node, "listen", b, func(cfg *zyre.Config) {
		if o.Dir == "" {
			o.Dir = filepath.Join(".inbox", cfg.UUID.String())
		}
		if !filepath.IsAbs(o.Dir) {
			o.Dir = filepath.Join(here, o.Dir)
		}
		cfg.Inbox = o.Dir
	})
	if err != nil {
		return err
	}
	defer release()
	for _, g := range o.Groups {
		if err := n.Join(g); err != nil {
			return errors.Join(err, n.Close())
		}
	}
	b.note("%s (%s) listens on UDP port %d; files arrive in %s", show.Text(n.Name()), n.UUID(), o.Node.Port, show.Text(o.Dir))
	return listen(ctx, n, o, b)
}

// idle is how often something is looked after when nothing happens.
const idle = time.Minute

func listen(ctx context.Context, n source, o ListenOptions, b *board) error {
	begun := time.Now()
	err := follow(ctx, n, b, o.For, idle, func(*zyre.Event) (bool, error) { return false, nil })
	if !stopped(ctx, err) {
		return err
	}
	b.sum(time.Since(begun))
	return nil
}

// received is what came of listening, in JSON.
type received struct {
	Type     string `json:"type"`
	Files    int64  `json:"files"`
	Octets   int64  `json:"octets"`
	Refused  int64  `json:"refused"`
	Duration int64  `json:"duration_ns"`
	Time     string `json:"time"`
}

// sum prints what was received.
func (b *board) sum(d time.Duration) {
	text := fmt.Sprintf("--- %s received, %s, in %.1f s", show.Plural(b.files, "file"), show.Plural(b.octets, "octet"), d.Seconds())
	if b.lost > 0 {
		text += fmt.Sprintf("; %d refused", b.lost)
	}
	b.say(text, received{"SUMMARY", b.files, b.octets, b.lost, int64(d), show.Time(time.Now())})
}
