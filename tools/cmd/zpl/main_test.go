package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/zeromq/gozyre/tools/internal/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m, map[string]func(){"zpl": main}) }

// TestScripts does without scripttest.Run: no transport takes part.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// A program under the race detector waits a second before it ends.
			env.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0")
			return nil
		},
	})
}
