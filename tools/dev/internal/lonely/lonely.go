// Package lonely runs a program on a machine that has no network but its own:
// in a fresh network namespace with loopback and one interface, "elsewhere",
// whose packets reach nobody. A packet on elsewhere is a failure: what the
// project's tests, examples and demos send shall stay on the machine.
//
//	the program
//	  │      │
//	  lo     elsewhere 10.203.0.1/24 ── elsewhere-far (nobody)
//	         default route; IPv6 off; every packet that leaves is counted
//
// That takes Linux and root.
package lonely

import (
	"errors"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// ErrImpossible means that this machine or this user can have no network
// namespaces. The error that wraps it says why.
var ErrImpossible = errors.New("no network namespace")

// Command is `dev alone PROGRAM ARGUMENT…`.
type Command struct {
	OnlyLoopback bool     `help:"Have no interface but loopback."`
	Inside       bool     `hidden:""`
	Program      []string `arg:"" passthrough:"" help:"The program and its arguments."`
}

// Run runs the program and fails when it fails or when a packet left.
func (c *Command) Run(e *repo.Env) error {
	if c.Inside {
		return inside(e, !c.OnlyLoopback, c.Program)
	}
	if err := Check(e); err != nil {
		return err
	}
	if c.OnlyLoopback {
		return run(e, append([]string{"--only-loopback"}, c.Program...)...)
	}
	return run(e, c.Program...)
}
