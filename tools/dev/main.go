// Dev is the project's own tooling. It has no cgo in it, so that it runs on a
// machine that has nothing but Go:
//
//	go run ./tools/dev demo          three nodes on this machine find each other and chat
//	go run ./tools/dev test          everything that CI runs; installs what that takes
//	go run ./tools/dev patch         is this branch a correct patch, and how it becomes one
//	go run ./tools/dev setup         install what a build with -tags libzmq takes
//	go run ./tools/dev tidy          go.mod and go.sum of every module
//	go run ./tools/dev gen           regenerate what is generated
//	go run ./tools/dev contract      write down what each module promises, in its api.txt
//	go run ./tools/dev release plan  which versions follow; release --help has the rest: rehearse, binaries
//	go run ./tools/dev bench         print the figures; installs as setup does, and rsync
//
// It is run from anywhere inside a checkout.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/zeromq/gozyre/tools/dev/internal/bench"
	"github.com/zeromq/gozyre/tools/dev/internal/check"
	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/demo"
	"github.com/zeromq/gozyre/tools/dev/internal/gen"
	"github.com/zeromq/gozyre/tools/dev/internal/lonely"
	"github.com/zeromq/gozyre/tools/dev/internal/patch"
	"github.com/zeromq/gozyre/tools/dev/internal/release"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/setup"
	"github.com/zeromq/gozyre/tools/dev/internal/tidy"
)

type cli struct {
	Demo     demo.Command     `cmd:"" help:"Start three nodes on this machine that find each other, chat and whisper. Go alone is enough."`
	Test     check.Command    `cmd:"" help:"Install what the tests need, and run everything that CI runs."`
	Patch    patch.Command    `cmd:"" help:"Check the commits of this branch against what C4 calls a correct patch, and say what mends them."`
	Setup    setup.Command    `cmd:"" help:"Install what a build with -tags libzmq takes: libzmq's headers, pkg-config and a C compiler. Does nothing when all is there."`
	Tidy     tidy.Command     `cmd:"" help:"Make go.mod and go.sum of every module honest."`
	Gen      gen.Command      `cmd:"" help:"Regenerate what is generated."`
	Contract contract.Command `cmd:"" help:"Write down what each module promises, in its api.txt; refuse what would break a promise."`
	Bench    bench.Command    `cmd:"" help:"Print the project's figures next to their targets."`
	Release  release.Command  `cmd:"" help:"Which versions follow; rehearse a release; make it."`
	Alone    lonely.Command   `cmd:"" hidden:"" help:"Run a program without a network and fail when it sends a packet elsewhere."`
}

func main() {
	os.Exit(run())
}

func newParser() (*kong.Kong, error) {
	return kong.New(&cli{},
		kong.Name("dev"),
		kong.Description("The project's own tooling."),
		kong.Vars{"parts": check.PartNames(), "figures": bench.FigureNames(), "tables": bench.TableNames()},
	)
}

// run exits with 0 done, 1 failed, 2 usage.
func run() int {
	parser, err := newParser()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		return 1
	}
	parsed, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		fmt.Fprintln(os.Stderr, "dev: --help tells what is possible")
		return 2
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := repo.Find(".")
	if err == nil {
		err = parsed.Run(&repo.Env{Context: ctx, Root: root, Stdout: os.Stdout, Stderr: os.Stderr})
	}
	if err == nil {
		return 0
	}
	if !errors.Is(err, repo.ErrTold) {
		fmt.Fprintln(os.Stderr, "dev:", err)
	}
	return 1
}
