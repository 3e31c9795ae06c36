//go:build !linux

package lonely

import (
	"fmt"
	"runtime"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Check returns an error that wraps ErrImpossible.
func Check(*repo.Env) error {
	return fmt.Errorf("%w: %s has none", ErrImpossible, runtime.GOOS)
}

// Run returns an error that wraps ErrImpossible.
func Run(e *repo.Env, _ ...string) error { return Check(e) }

func run(e *repo.Env, _ ...string) error { return Check(e) }

func inside(e *repo.Env, _ bool, _ []string) error { return Check(e) }
