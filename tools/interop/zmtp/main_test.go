package zmtp

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(goZeroMQEnv) != "" {
		os.Exit(runGoZeroMQ(os.Args[1:])) // this binary is also a peer made of go-zeromq
	}
	goleak.VerifyTestMain(m)
}
