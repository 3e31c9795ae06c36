package top

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

// asTop is set, to a UDP port, where this binary shall be `zyre top`; asHTTP to the
// address of its page. asNodes is set to the port where it shall be nodes for the benchmark.
const asTop, asHTTP, asNodes = "ZYRE_TEST_TOP", "ZYRE_TEST_HTTP", "ZYRE_TEST_NODES"

func TestMain(m *testing.M) {
	if port, err := strconv.ParseUint(os.Getenv(asTop), 10, 16); err == nil {
		os.Exit(runTop(uint16(port)))
	}
	if port, err := strconv.ParseUint(os.Getenv(asNodes), 10, 16); err == nil {
		number, _ := strconv.Atoi(os.Getenv("ZYRE_TEST_NUMBER"))
		os.Exit(runNodes(uint16(port), number))
	}
	goleak.VerifyTestMain(m)
}

func runTop(port uint16) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := Options{Node: cli.Node{Name: "watcher", Port: port, Interface: []string{zyre.Loopback()}, Carrier: cli.Carrier{Transport: "zmtp"}}, HTTP: os.Getenv(asHTTP)}
	if err := Run(ctx, o, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
