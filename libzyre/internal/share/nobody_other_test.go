//go:build !unix

package share_test

import "errors"

func becomeNobody() error { return errors.ErrUnsupported }
