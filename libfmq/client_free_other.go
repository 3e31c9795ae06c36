//go:build !(linux || darwin || freebsd)

package fmq

import "errors"

// freeOf cannot be told here.
func freeOf(string) (free, total int64, err error) { return 0, 0, errors.ErrUnsupported }
