package zretester

import (
	"errors"
	"fmt"
	"testing"
)

// labTB lets a laboratory of netlab be made outside of a test: what would end a test is an error.
type labTB struct {
	testing.TB // nil: there is no test
	cleanups   []func()
	failures   []error
}

// labError is what a panic carries from a laboratory to guard.
type labError struct{ error }

func (*labTB) Helper()                      {}
func (tb *labTB) Cleanup(f func())          { tb.cleanups = append(tb.cleanups, f) }
func (*labTB) Fatalf(f string, args ...any) { panic(labError{fmt.Errorf(f, args...)}) }
func (*labTB) Skipf(f string, args ...any)  { panic(labError{fmt.Errorf(f, args...)}) }
func (tb *labTB) Errorf(f string, args ...any) {
	tb.failures = append(tb.failures, fmt.Errorf(f, args...))
}

// end takes the laboratory away.
func (tb *labTB) end() error {
	for i := len(tb.cleanups) - 1; i >= 0; i-- {
		tb.cleanups[i]()
	}
	tb.cleanups = nil
	return errors.Join(tb.failures...)
}

// guard does something with a laboratory.
func guard(do func()) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case labError:
			err = e.error
		default:
			panic(e)
		}
	}()
	do()
	return nil
}
