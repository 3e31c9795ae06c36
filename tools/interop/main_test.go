package interop

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if config := os.Getenv(oursEnv); config != "" {
		os.Exit(runOurs(config)) // this binary is also the peer that we test
	}
	goleak.VerifyTestMain(m)
}
