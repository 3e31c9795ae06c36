package dir

import (
	"testing"
	"time"
)

// files.md: C filemq prints the whole tree twice a second. Here nothing is said of a directory in which nothing happens.
func TestNothingHappens(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/file", "content")
	write(t, top, "b", "")
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	v.scanned(5)
	select {
	case batch := <-v.w.Patches():
		t.Errorf("there are %d patches", len(batch))
	default:
	}
	if text := v.log.String(); text != "" {
		t.Errorf("the log says %s", text)
	}
}
