package main

import (
	"testing"

	"github.com/zeromq/gozyre/tools/internal/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m, map[string]func(){"zretester": main}) }

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata/script") }
