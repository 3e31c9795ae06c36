package dechat

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxLine is how long a line of a pipe may be, in octets.
const maxLine = 1 << 20

// errTooLong: the line was skipped.
var errTooLong = fmt.Errorf("a line of more than %d octets was skipped: send it in parts", maxLine)

// readLines returns a function that returns the lines of r without their end,
// then io.EOF. A last line that has no end counts. After errTooLong there may
// be more.
func readLines(r io.Reader) func() (string, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	return func() (string, error) {
		var line []byte
		tooLong := false
		for {
			part, err := in.ReadSlice('\n')
			if len(line)+len(part) > maxLine+1 {
				tooLong = true
			}
			if !tooLong {
				line = append(line, part...)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			switch {
			case tooLong:
				return "", errTooLong
			case err != nil && len(line) == 0:
				return "", err
			}
			return string(line), nil
		}
	}
}
