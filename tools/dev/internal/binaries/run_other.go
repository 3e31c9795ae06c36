//go:build !linux

package binaries

import (
	"context"
	"errors"
)

// Try does not get here.
var errLinux = errors.New("only on Linux")

func alone(context.Context, *release) (string, error)    { return "", errLinux }
func emulated(context.Context, *release) (string, error) { return "", errLinux }
