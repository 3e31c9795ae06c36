package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/zeromq/gozyre/tools/internal/show"
)

// traceFile is made with the first octets that go into it, so that a tool that
// never starts its node leaves a file of before alone.
type traceFile struct {
	path string
	say  io.Writer // where it is told that no more can be written
	file *os.File
}

// Write writes whole lines. After an error it is not called again.
func (t *traceFile) Write(lines []byte) (n int, err error) {
	if t.file == nil {
		t.file, err = os.Create(t.path)
	}
	if err == nil {
		n, err = t.file.Write(lines)
	}
	if err != nil {
		fmt.Fprintf(t.say, "the trace ends here: %v\n", show.FileError(t.path, err))
	}
	return n, err
}

// checkTrace refuses a file that cannot be written.
func checkTrace(path string) error {
	if path == "" {
		return nil
	}
	_, err := os.Lstat(path)
	f, bad := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
	if bad != nil {
		return Usagef("--trace %v", show.FileError(path, bad))
	}
	_ = f.Close()
	if os.IsNotExist(err) {
		_ = os.Remove(path)
	}
	return nil
}
