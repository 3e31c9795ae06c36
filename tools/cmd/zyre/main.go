// Zyre looks at a network of nodes, and gets files to them.
package main

import (
	"os"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

type flags struct {
	cli.Common
	Ping   pingFlags   `cmd:"" help:"Show peers as they come and go, and how long each takes to answer."`
	Send   sendFlags   `cmd:"" help:"Publish a file to everybody who listens, now and later."`
	Listen listenFlags `cmd:"" help:"Receive the files that the others publish."`
	Doctor doctorFlags `cmd:"" help:"Tell why nodes do not see each other."`
	Log    logFlags    `cmd:"" help:"Collect what all nodes report, and show what was collected."`
	Top    topFlags    `cmd:"" help:"Watch all nodes live, on this terminal or as a page."`
	Trace  traceFlags  `cmd:"" help:"Merge what --trace wrote of several nodes, and draw what passed between them."`
	Replay replayFlags `cmd:"" help:"Play what --trace wrote again, and show the first difference."`
}

const description = `Looks at a network of nodes that find each other by themselves, and gets files to them.`

func main() { os.Exit(cli.Main("zyre", description, &flags{})) }
