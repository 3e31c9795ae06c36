package netlab

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Outside of a test what would end one is an error, and the network is gone then.
func TestOutside(t *testing.T) {
	Need(t)
	ours := errors.New("ours")
	var namespaces []string
	for name, c := range map[string]struct {
		do   func(*Lab) error
		want string // empty: no error
	}{
		"all is well":          {func(l *Lab) error { return nil }, ""},
		"an error of do":       {func(l *Lab) error { return ours }, "ours"},
		"what ends a test":     {func(l *Lab) error { l.Host("no name"); return nil }, `"no name" is no name for a host`},
		"what would skip one":  {func(l *Lab) error { Refuse(l.tb, "no such device"); return nil }, "netlab: no such device"},
		"what the system says": {func(l *Lab) error { l.Host("b").Output("false"); return nil }, "exit status 1"},
	} {
		t.Run(name, func(t *testing.T) {
			began := false
			err := Outside(func(l *Lab) error {
				began = true
				namespaces = append(namespaces, l.Host("alice").Namespace())
				return c.do(l)
			})
			if !began || (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if c.want == "ours" && !errors.Is(err, ours) {
				t.Errorf("got %v, not the error itself", err)
			}
		})
	}
	for _, ns := range namespaces {
		if _, err := os.Stat(filepath.Join(netns, ns)); err == nil {
			t.Errorf("%s is left", ns)
		}
	}
}

// What is no affair of a laboratory goes on its way, behind the clean-up.
func TestOutsidePanic(t *testing.T) {
	Need(t)
	var ns string
	defer func() {
		if p := recover(); p != "a bug" {
			t.Errorf("recovered %v", p)
		}
		if _, err := os.Stat(filepath.Join(netns, ns)); err == nil {
			t.Errorf("%s is left", ns)
		}
	}()
	_ = Outside(func(l *Lab) error {
		ns = l.Host("alice").Namespace()
		panic("a bug")
	})
}

// A laboratory that cannot be taken away says so.
func TestOutsideLeft(t *testing.T) {
	Need(t)
	l, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	l.tb.Cleanup(func() { l.tb.Errorf("something is left") })
	if err := l.Close(); err == nil || err.Error() != "something is left" {
		t.Errorf("got %v", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("the second time: %v", err)
	}
}
