package check

import (
	"errors"
	"fmt"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Packages asks of some packages what CI asks of all: that they are formatted, that
// vet has nothing to say, and that their tests pass. (The format is asked of everything: that takes a second.)
func Packages(e *repo.Env, packages []string) error {
	// Tests run without the network, and some ask the go command about the whole workspace.
	if err := download(nil, e); err != nil {
		return err
	}
	var failed []error
	if err := format(nil, e); err != nil {
		failed = append(failed, err)
	}
	if err := e.Command("go", append([]string{"vet"}, packages...)...).Run(); err != nil {
		failed = append(failed, fmt.Errorf("vet: %w", err))
	}
	if _, err := goTestOf(e, packages); err != nil {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
