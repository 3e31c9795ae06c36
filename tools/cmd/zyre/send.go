package main

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zyre"
)

type sendFlags struct {
	cli.Node
	Group *string       `help:"Only members of this group get it." placeholder:"GROUP"`
	Once  bool          `help:"Leave when everybody who is there has it, and somebody is."`
	For   time.Duration `help:"Stop after this long, such as 30s; with --once, give up then. Default: with Ctrl-C." placeholder:"DURATION"`
	JSON  bool          `help:"Print JSON, one event a line." name:"json"`
	File  string        `arg:"" help:"The file. It is not copied: changes are sent, too."`
	As    string        `arg:"" optional:"" help:"The name under which the others get it, such as photos/sea.jpg. Default: the file's own."`
}

// Run is called by kong.
func (f *sendFlags) Run(ctx context.Context, std cli.Streams) error {
	group := ""
	if f.Group != nil {
		// An empty one, such as of a variable that is not set, is no wish that
		// everybody gets it.
		if group = *f.Group; group == "" {
			return cli.Usagef("--group: a group has a name, such as CHAT")
		}
	}
	return zyre.Send(ctx, zyre.SendOptions{Node: f.Node, File: f.File, As: f.As, Group: group, Once: f.Once, For: f.For, JSON: f.JSON}, std)
}
