// Package zpl is what the zpl tool does: it formats, reads, changes, checks
// and converts configuration in ZPL.
package zpl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/tools/internal/cli"
	visible "github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/zpl"
)

// stdio is the name of stdin and stdout on a command line.
const stdio = "-"

// title is how messages call a file.
func title(file string) string {
	if file == stdio {
		return "stdin"
	}
	return file
}

// read returns a file, or stdin. More than zpl.MaxSize octets are refused,
// whatever the format.
func read(ctx context.Context, file string, std cli.Streams) ([]byte, error) {
	in := std.In
	if file != stdio {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := readAll(ctx, io.LimitReader(in, zpl.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", title(file), err)
	}
	if len(data) > zpl.MaxSize {
		return nil, fmt.Errorf("%s: too long: %d octets are possible", title(file), zpl.MaxSize)
	}
	return data, nil
}

// readAll reads to the end, or until the user has enough: a terminal or a pipe
// may never end. The goroutine that then stays behind ends with the program.
func readAll(ctx context.Context, in io.Reader) (data []byte, err error) {
	done := make(chan struct{})
	var all []byte
	var failed error
	go func() {
		defer close(done)
		all, failed = io.ReadAll(in)
	}()
	select {
	case <-done:
		return all, failed
	case <-ctx.Done():
		return nil, errors.New("interrupted")
	}
}

// readZPL reads a text. A mistake in it is told with its line.
func readZPL(ctx context.Context, file string, std cli.Streams) (*zpl.Node, []byte, error) {
	data, err := read(ctx, file, std)
	if err != nil {
		return nil, nil, err
	}
	root, err := zpl.Parse(data)
	if err != nil {
		return nil, nil, explain(file, err)
	}
	return root, data, nil
}

// explain makes an error of the library one of a file, with its line shown.
func explain(file string, err error) error {
	var wrong *zpl.SyntaxError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", title(file), err)
	}
	wrong.File = title(file)
	return errors.New(wrong.Explain())
}

// show writes a result to stdout. On a terminal what would control it is made
// visible: the library refuses control characters of ASCII, but not the others.
func show(out io.Writer, data []byte) error {
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			data = tame(data)
		}
	}
	_, err := out.Write(data)
	return err
}

func tame(data []byte) []byte {
	var b strings.Builder
	for text := string(data); text != ""; {
		end := strings.IndexAny(text, "\t\n") // these may stay
		if end < 0 {
			end = len(text)
		}
		b.WriteString(visible.Text(text[:end]))
		b.WriteString(text[end:min(end+1, len(text))])
		text = text[min(end+1, len(text)):]
	}
	return []byte(b.String())
}

// replace gives an existing file a new content, as a whole or not at all: a
// program that reads it meanwhile sees one or the other. Its mode stays, and a
// symbolic link stays one.
func replace(file string, data []byte) error {
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file", file)
	}
	// A rename would not ask whether the file itself may be written.
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return place(file, data, info.Mode().Perm())
}

// save writes a file that may exist. A new one gets the mode.
func save(file string, data []byte, mode fs.FileMode) error {
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return place(file, data, mode)
	}
	return replace(file, data)
}

// place writes beside the file and renames.
func place(file string, data []byte, mode fs.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = io.Copy(temp, bytes.NewReader(data))
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}
