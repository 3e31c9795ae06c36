package netlab

import (
	"errors"
	"fmt"
	"testing"
)

// Outside gives a laboratory to a program that is no test, for as long as do
// runs: what would end a test, or skip it, is its error.
func Outside(do func(*Lab) error) (err error) {
	l, err := Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return l.Try(func() error { return do(l) })
}

// Open makes an empty laboratory outside of a test, which lasts until Close. What is
// done with it is done inside Try. It fails on a machine that cannot have one.
func Open() (*Lab, error) {
	if why := missing(); why != "" {
		return nil, fmt.Errorf("netlab: %s", why)
	}
	o := &outside{}
	var l *Lab
	if err := try(func() error { l = New(o); return nil }); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return l, nil
}

// Try does something with a laboratory that Open made, in the calling goroutine, and returns its error,
// or the one with which a function of this package would have ended a test.
func (*Lab) Try(do func() error) error { return try(do) }

func try(do func() error) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case labError:
			err = e.error
		default:
			panic(e)
		}
	}()
	return do()
}

// Close takes away a laboratory that Open made, and says what is left over. It may be called twice.
func (l *Lab) Close() error { return l.tb.(*outside).close() }

// outside is what a laboratory needs of a test, where there is none.
type outside struct {
	testing.TB // nil: who calls another of its methods has to add it here
	cleanups   []func()
	failures   []error
}

// labError is what a panic carries to Try.
type labError struct{ error }

func (*outside) Helper()                      {}
func (o *outside) Cleanup(f func())           { o.cleanups = append(o.cleanups, f) }
func (*outside) Fatalf(f string, args ...any) { panic(labError{fmt.Errorf(f, args...)}) }
func (o *outside) Errorf(f string, args ...any) {
	o.failures = append(o.failures, fmt.Errorf(f, args...))
}

func (o *outside) close() error {
	for len(o.cleanups) > 0 {
		last := len(o.cleanups) - 1
		f := o.cleanups[last]
		o.cleanups = o.cleanups[:last]
		f()
	}
	err := errors.Join(o.failures...)
	o.failures = nil
	return err
}
