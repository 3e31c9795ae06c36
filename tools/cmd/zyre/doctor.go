package main

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/doctor"
)

type doctorFlags struct {
	cli.Node
	JSON bool          `help:"Print JSON, one object." name:"json"`
	For  time.Duration `help:"Listen for so long (default ${default})." default:"3s" placeholder:"DURATION"`
}

// Run is called by kong.
func (f *doctorFlags) Run(ctx context.Context, std cli.Streams) error {
	return doctor.Run(ctx, doctor.Options{Node: f.Node, JSON: f.JSON, For: f.For}, std)
}
