package main

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/top"
)

type topFlags struct {
	cli.Node
	HTTP  string        `name:"http" help:"Serve a page, /metrics for Prometheus and /healthz at this address, such as 127.0.0.1:8080. Beyond loopback it asks for a token." placeholder:"HOST:PORT"`
	Token string        `help:"What the page asks for; better given as $$ZYRE_TOKEN, which other users cannot see. Default: a random one where one is needed." env:"ZYRE_TOKEN" placeholder:"TOKEN"`
	JSON  bool          `help:"Print JSON: everything, and then what changes, one object a line." name:"json"`
	For   time.Duration `help:"Stop after this long, such as 30s. Default: with q or Ctrl-C." placeholder:"DURATION"`
}

// Run is called by kong.
func (f *topFlags) Run(ctx context.Context, std cli.Streams) error {
	return top.Run(ctx, top.Options{Node: f.Node, HTTP: f.HTTP, Token: f.Token, JSON: f.JSON, For: f.For}, std)
}
