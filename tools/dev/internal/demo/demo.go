// Package demo will come.
package demo

import "github.com/zeromq/gozyre/tools/dev/internal/repo"

// Command is `dev demo`.
type Command struct{}

// Run does nothing yet.
func (*Command) Run(*repo.Env) error { return nil }
