//go:build linux

package attack

import (
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is how long a test waits for what has to happen.
const patience = 40 * time.Second

// long is for runs outside of CI.
func long() bool { return os.Getenv("GOZYRE_ATTACK") == "long" }

func TestMain(m *testing.M) {
	if settings := os.Getenv(victimsEnv); settings != "" {
		os.Exit(runVictims(settings))
	}
	goleak.VerifyTestMain(m)
}

// many is a number of attacks that the race detector's pace makes smaller, and -short.
func many(n int) int {
	if raceDetector || testing.Short() {
		return n / 10
	}
	return n
}

// slow is a duration that the race detector's pace makes longer.
func slow(d time.Duration) time.Duration {
	if raceDetector {
		return 3 * d
	}
	return d
}
