package check

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// linter is the module that has staticcheck. It lies outside go.work, so that nobody
// who uses the project sees what it depends on.
const linter = "tools/lint"

// deprecated wants nothing used that its author, we or somebody else, calls deprecated.
func deprecated(_ *Command, e *repo.Env) error {
	tmp, err := os.MkdirTemp("", "gozyre-lint-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	program := filepath.Join(tmp, "staticcheck")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if err := e.Command("go", "build", "-o", program, "honnef.co/go/tools/cmd/staticcheck").In(linter).With("GOWORK=off").Run(); err != nil {
		return err
	}
	if err := e.Command(program, "-checks=SA1019", "-tags=libzmq", "work").Run(); err != nil {
		return fmt.Errorf("%w: use what is to be used in the place of each of these; where a protocol leaves no choice, "+
			"put `//lint:ignore SA1019 WHY` above the line", err)
	}
	return nil
}
