// Package bench will come.
package bench

import "github.com/zeromq/gozyre/tools/dev/internal/repo"

// Command is `dev bench`.
type Command struct{}

// Run does nothing yet.
func (*Command) Run(*repo.Env) error { return nil }
