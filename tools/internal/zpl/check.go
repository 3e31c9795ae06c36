package zpl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/zpl"
)

// most is how many mistakes of a file are told: each costs a reading of it.
const most = 20

// Check prints the mistakes of files on stdout, for they are what was asked for.
func Check(ctx context.Context, files []string, std cli.Streams) error {
	wrong := 0
	for _, file := range files {
		data, err := read(ctx, file, std)
		if err != nil {
			fmt.Fprintf(std.Err, "zpl: %v\n", err)
			wrong++
			continue
		}
		found := mistakes(data)
		for _, m := range found {
			if _, err := fmt.Fprintln(std.Out, explain(file, m)); err != nil {
				return err
			}
		}
		if len(found) == most {
			fmt.Fprintf(std.Err, "zpl: %s: perhaps there are more: %d were looked for\n", title(file), most)
		}
		if len(found) > 0 {
			wrong++
		}
	}
	switch {
	case wrong > 0 && len(files) == 1:
		return errors.New("check: the file is not right")
	case wrong > 0:
		return fmt.Errorf("check: %d of %d files are not right", wrong, len(files))
	}
	return nil
}

// mistakes reads data again and again, each time with the wrong line of the
// time before made right.
func mistakes(data []byte) []error {
	var found []error
	lines := cut(data)
	for last := 0; len(found) < most; {
		_, err := zpl.Parse(bytes.Join(lines, nil))
		if err == nil {
			break
		}
		var wrong *zpl.SyntaxError
		if !errors.As(err, &wrong) || wrong.Line == 0 {
			return append(found, err)
		}
		if wrong.Line == last {
			break // nothing that could be made right in a line: too many of them
		}
		found = append(found, err)
		last = wrong.Line
		lines[last-1] = mend(lines[:last])
	}
	return found
}

// cut splits a text into its lines, with their ends.
func cut(data []byte) [][]byte {
	var lines [][]byte
	for len(data) > 0 {
		n := bytes.IndexAny(data, "\r\n") + 1
		switch {
		case n == 0:
			n = len(data)
		case bytes.HasPrefix(data[n-1:], []byte("\r\n")):
			n++
		}
		lines, data = append(lines, data[:n]), data[n:]
	}
	return lines
}

// mend returns what may stand in the place of the last line so that the lines
// that follow mean what was meant: a property as deep as it was, as far as
// that is possible.
func mend(lines [][]byte) []byte {
	last := len(lines) - 1
	if says(lines[last]) == "" {
		return []byte("\n")
	}
	deepest := 0
	for i := last - 1; i >= 0; i-- {
		if says(lines[i]) != "" {
			deepest = min(level(lines[i])+1, zpl.MaxDepth-1)
			break
		}
	}
	return []byte(strings.Repeat("    ", min(level(lines[last]), deepest)) + "mended\n")
}

// says returns the line without its indentation, and nothing for a line that
// means nothing.
func says(line []byte) string {
	text := strings.TrimLeft(string(line), " \t\r\n")
	if strings.HasPrefix(text, "#") {
		return ""
	}
	return text
}

// level returns how deep a line stands: a tab was meant for a level.
func level(line []byte) int {
	spaces := 0
	for _, c := range line {
		switch c {
		case ' ':
			spaces++
		case '\t':
			spaces += 4
		default:
			return spaces / 4
		}
	}
	return 0
}
