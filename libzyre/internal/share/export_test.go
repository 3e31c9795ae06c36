package share

import (
	"testing"
	"time"
)

// ShortTurns makes peers for which there are not enough open files take turns sooner, for nodes that start in this test.
func ShortTurns(t *testing.T) {
	was := usual
	usual.quiet = 3 * time.Second
	t.Cleanup(func() { usual = was })
}
