package dir

import (
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// deadline is how long a test waits for what should come at once.
const deadline = 20 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}
