// Track makes a directory follow another: what appears, changes or vanishes in
// the one does so in the other. It is the tool of the Guide's chapter 7.
package main

import (
	"context"
	"os"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/track"
)

type flags struct {
	cli.Common
	cli.Carrier
	JSON bool   `help:"Print one event a line on stdout, as JSON." name:"json"`
	Send string `arg:"" help:"The directory that is followed."`
	Recv string `arg:"" help:"The directory that becomes a copy of it: what SEND does not have is deleted here."`
}

const description = `Makes directory RECV a copy of SEND, and keeps it one until it is interrupted: new and changed files arrive, deleted files vanish.`

func main() { os.Exit(cli.Main("track", description, &flags{})) }

// Run is called by kong.
func (f *flags) Run(ctx context.Context, std cli.Streams) error {
	return track.Run(ctx, track.Options{Carrier: f.Carrier, Send: f.Send, Recv: f.Recv, JSON: f.JSON}, std)
}
