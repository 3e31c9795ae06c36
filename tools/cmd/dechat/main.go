// Dechat is a chat without a server and without configuration: every dechat on
// the network finds every other by itself.
package main

import (
	"context"
	"os"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/dechat"
)

type flags struct {
	cli.Common
	cli.Node
	Group string        `help:"Group to talk in (default ${default})." default:"CHAT" short:"g" placeholder:"NAME"`
	Inbox string        `help:"Directory for files that others /send, each peer's in a folder of their own; and you can /send some. Default: none come." placeholder:"DIR"`
	JSON  bool          `help:"Print one event a line on stdout, as JSON." name:"json"`
	For   time.Duration `help:"Leave after this long, such as 30s. Default: when stdin ends." placeholder:"DURATION"`
	Wait  time.Duration `help:"How long lines of a pipe wait for somebody to hear them (default ${default}); with --for, until the time is over." default:"3s" placeholder:"DURATION"`
}

const description = `A chat without a server: every dechat on the network finds the others by itself.

Lines of stdin are shouted to the group; what the others say is printed on stdout as "name: text". Lines that begin with a slash are commands: /help lists them.`

func main() { os.Exit(cli.Main("dechat", description, &flags{})) }

// Run is called by kong.
func (f *flags) Run(ctx context.Context, std cli.Streams) error {
	return dechat.Run(ctx, dechat.Options{Node: f.Node, Group: f.Group, Inbox: f.Inbox, JSON: f.JSON, For: f.For, Wait: f.Wait}, std)
}
