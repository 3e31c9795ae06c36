//go:build unix

package store

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Who opens a pipe waits for its other end, for ever.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, open := range map[string]func() error{
		"write": func() error { _, err := Open(t.Context(), pipe, Limits{}); return err },
		"read":  func() error { _, err := OpenReader(t.Context(), pipe); return err },
		"lines": func() error { _, err := OpenLines(pipe, Limits{}); return err },
	} {
		if err := open(); err == nil || !strings.Contains(err.Error(), "no file") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
