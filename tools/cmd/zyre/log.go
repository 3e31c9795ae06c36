package main

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zyrelog"
)

type logFlags struct {
	Collect logCollectFlags `cmd:"" default:"withargs" help:"Collect what the nodes report, until Ctrl-C. What zyre log does if nothing is said."`
	Query   logQueryFlags   `cmd:"" help:"Show what was collected."`
}

// database is of both commands; embed it.
type database struct {
	Database string `help:"Where records are kept: a file of SQLite, or postgres://USER@HOST/DATABASE (its password in PGPASSWORD or ~/.pgpass). Default: log.db where the system keeps programs' state." env:"ZYRE_LOG" short:"d" placeholder:"FILE|URL"`
}

type logCollectFlags struct {
	cli.Node
	database
	JSON   string        `help:"Write lines of JSON instead: to a file, which becomes FILE.1 when it has half of --size, or to stdout." name:"json" placeholder:"FILE|-"`
	Level  zyrelog.Level `help:"Collect what is as serious as this: error, warning, info (default ${default}). Nodes do not even send the rest." default:"info" placeholder:"LEVEL"`
	Keep   zyrelog.Age   `help:"Remove records that are older, such as 12h; 0: never (default ${default})." default:"30d" placeholder:"AGE"`
	Size   zyrelog.Size  `help:"Remove the oldest records beyond this size, such as 500MB; 0: never (default ${default})." default:"1GB" placeholder:"SIZE"`
	Follow bool          `help:"Show the records as they come." short:"f"`
	For    time.Duration `help:"Stop after this long, such as 30s. Default: with Ctrl-C." placeholder:"DURATION"`
}

// Run is called by kong.
func (f *logCollectFlags) Run(ctx context.Context, std cli.Streams) error {
	return zyrelog.Collect(ctx, zyrelog.CollectOptions{Node: f.Node, Database: f.Database, JSON: f.JSON, Level: f.Level, Keep: f.Keep, Size: f.Size, Follow: f.Follow, For: f.For}, std)
}

type logQueryFlags struct {
	database
	Since  zyrelog.Moment `help:"Received since then: 90m, 36h or 7d ago, 2026-01-31, \"2026-01-31 14:00\"." placeholder:"TIME"`
	Until  zyrelog.Moment `help:"Received before then." placeholder:"TIME"`
	Node   []string       `help:"Told by this node: its name, four digits or more of its UUID, or #HASH; may be repeated." placeholder:"NODE" sep:"none"`
	Peer   []string       `help:"About this node; may be repeated." placeholder:"NODE" sep:"none"`
	Event  []string       `help:"Of this kind: ENTER, EXIT, JOIN, LEAVE, STATS, or TEXT for everything else; may be repeated." placeholder:"EVENT"`
	Level  zyrelog.Level  `help:"As serious as this: error, warning, info (default ${default})." default:"info" placeholder:"LEVEL"`
	Last   int            `help:"Only the last so many. Default: all; with --follow and without --since 10." short:"n" placeholder:"N"`
	Follow bool           `help:"Go on with what comes." short:"f"`
	For    time.Duration  `help:"Follow for so long, such as 30s. Default: until Ctrl-C." placeholder:"DURATION"`
	JSON   bool           `help:"Print JSON, one record a line." name:"json"`
}

// Run is called by kong.
func (f *logQueryFlags) Run(ctx context.Context, std cli.Streams) error {
	return zyrelog.Query(ctx, zyrelog.QueryOptions{Database: f.Database, Since: f.Since, Until: f.Until, Level: f.Level, Events: f.Event,
		Nodes: f.Node, Peers: f.Peer, Last: f.Last, Follow: f.Follow, JSON: f.JSON, For: f.For}, std)
}
