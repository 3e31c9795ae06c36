package zretester

import (
	"context"
	"errors"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

func simulate(ctx context.Context, o *Options, s *Scenario, std cli.Streams) error {
	return errors.New("there is no simulator yet")
}
