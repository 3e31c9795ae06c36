package check

import (
	"fmt"
	"io"
	"slices"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// offline keeps the go command from the network, which it does not have in the
// lonely parts: an error that names the missing module beats a timeout.
var offline = []string{"GOPROXY=off", "GOTOOLCHAIN=local"}

// goTest runs the tests of every module. Go's own summary lines pass through
// as they are; of the rest, what failed and what was skipped.
func goTest(e *repo.Env, flags ...string) error {
	passed, err := goTestOf(e, []string{"work"}, flags...)
	if err == nil && passed == 0 {
		return fmt.Errorf("no test of any package ran: something is wrong with go.work")
	}
	return err
}

// goTestOf tests packages, and returns how many passed that have tests.
func goTestOf(e *repo.Env, packages []string, flags ...string) (int, error) {
	c := e.Command("go", slices.Concat([]string{"test", "-json", "-count=1"}, flags, packages)...)
	return Test(c.With(offline...), e.Stdout)
}

// Test runs a `go test -json`. It prints Go's own summary lines, and of the rest what failed and what was skipped,
// and returns how many packages passed that have tests.
func Test(c *repo.Cmd, out io.Writer) (passed int, err error) {
	r := &report{out: out}
	err = c.Stream(func(events io.Reader) error {
		return r.read(events)
	})
	r.finish()
	return r.passed, err
}
