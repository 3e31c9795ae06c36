// Zretester keeps a pool of nodes that come and go, and checks what they tell.
package main

import (
	"context"
	"os"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zretester"
)

type flags struct {
	cli.Common
	cli.Carrier
	Nodes      int            `help:"Nodes in the pool (default 100, with --sim 20); about half of them run at any time." short:"n" placeholder:"N"`
	For        *time.Duration `help:"How long nodes come and go (default 5m, with --sim 6m; 0: until q or Ctrl-C)." placeholder:"DURATION"`
	Settle     *time.Duration `help:"How long after that, and after each fault, until all must agree (default 10s)." placeholder:"DURATION"`
	Processes  int            `help:"Spread the pool over so many processes." placeholder:"N"`
	Kill       *time.Duration `help:"Kill a process about so often, and start another in its place." placeholder:"DURATION"`
	Namespaces int            `help:"Spread the pool over so many network namespaces, each with a process (Linux, root)." placeholder:"N"`
	Loss       string         `help:"With --namespaces: so many datagrams are lost, such as 30%." placeholder:"PERCENT"`
	Delay      time.Duration  `help:"With --namespaces: packets arrive later by that." placeholder:"DURATION"`
	Partition  string         `help:"With --namespaces: cut the network in two for so long, so often, such as 20s/60s." placeholder:"FOR/EVERY"`
	Interface  []string       `help:"Network interface to be found on; may be repeated. Default: loopback only." placeholder:"NAME" short:"i" sep:"none"`
	Port       uint16         `help:"UDP port of discovery. Default: one that is free, so that no others take part." placeholder:"PORT"`
	Sim        bool           `help:"No sockets: run in the simulator, much faster than time."`
	Seed       uint64         `help:"What all choices come from; a simulated run is the same with the same seed. Default: random." placeholder:"N"`
	Seeds      int            `help:"Simulate so many runs, of this seed and those after it, on all cores." placeholder:"N"`
	ZyreJS     int            `name:"zyrejs" help:"Add so many nodes of zyre.js." placeholder:"N"`
	Scenario   string         `help:"File in TOML that says what happens; flags go before it." placeholder:"FILE"`
	JSON       bool           `name:"json" help:"Print the report as JSON."`
	Worker     bool           `hidden:""`
}

const description = `Starts and stops nodes of a pool at random, while all whisper, shout, join and leave groups, and checks what each of them tells.

Exit code 1 means that something was found. Without --scenario this happens:

`

func main() {
	os.Exit(cli.Main("zretester", description+zretester.Indented(), &flags{}))
}

// Run is called by kong.
func (f *flags) Run(ctx context.Context, std cli.Streams) error {
	if f.Worker {
		return zretester.Work(std)
	}
	return zretester.Run(ctx, zretester.Options{Carrier: f.Carrier, Scenario: f.Scenario, Nodes: f.Nodes, For: f.For, Settle: f.Settle,
		Processes: f.Processes, Kill: f.Kill, Namespaces: f.Namespaces, Loss: f.Loss, Delay: f.Delay, Partition: f.Partition,
		Interface: f.Interface, Port: f.Port, Sim: f.Sim, Seed: f.Seed, Seeds: f.Seeds, ZyreJS: f.ZyreJS, JSON: f.JSON}, std)
}
