package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv("RUN_AS_PROGRAM") != "" { // for programtest.Start
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

func selftestActions() Actions {
	server, err := mechanisms(true, nil)
	if err != nil {
		panic(err)
	}
	return &actions{server: server}
}
