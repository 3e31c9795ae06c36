// Benchfmq is what `go run ./tools/dev bench fmq` measures with, beside the tools that people use: a client that says when each file
// came, crowds of clients that are slow or only wait, and a server whose memory can be looked at from within. It prints what it found as
// one JSON object of numbers.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Deliver deliver `cmd:"" help:"Put files into a directory that is published; how long after it is stable is each delivered?"`
	Crowd   crowd   `cmd:"" help:"Be many clients that fetch everything, slowly."`
	State   state   `cmd:"" help:"Be a server; what does a subscriber cost?"`

	Timeout time.Duration `default:"90s" help:"How long all may take."`
}

// result is what a measurement prints: durations in seconds, memory in octets.
type result map[string]float64

func main() {
	var c cli
	parsed := kong.Parse(&c, kong.Name("benchfmq"))
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "benchfmq:", err)
		os.Exit(1)
	}
}

// print ends a measurement.
func (r result) print() error { return json.NewEncoder(os.Stdout).Encode(r) }
