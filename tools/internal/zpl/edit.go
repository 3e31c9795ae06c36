package zpl

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/zeromq/gozyre/tools/internal/cli"
	visible "github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/zpl"
)

// Fmt prints files in the standard form, or rewrites those that are not in it.
// A file that cannot be read keeps no other from its turn.
func Fmt(ctx context.Context, files []string, write bool, std cli.Streams) error {
	failed := 0
	for _, file := range files {
		if write && file == stdio {
			return cli.Usagef("fmt -w -: stdin cannot be rewritten; without -w its standard form goes to stdout")
		}
	}
	for _, file := range files {
		if err := formatFile(ctx, file, write, std); err != nil {
			if len(files) == 1 {
				return err
			}
			fmt.Fprintf(std.Err, "zpl: %v\n", err)
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("fmt: %d of %d files failed", failed, len(files))
	}
	return nil
}

func formatFile(ctx context.Context, file string, write bool, std cli.Streams) error {
	old, err := read(ctx, file, std)
	if err != nil {
		return err
	}
	data, err := zpl.Format(old)
	switch {
	case err != nil:
		return explain(file, err)
	case !write:
		return show(std.Out, data)
	case !bytes.Equal(data, old):
		return replace(file, data)
	}
	return nil
}

// Get prints the value that a path means, or those of the whole list that its
// last name is.
func Get(ctx context.Context, file, path string, all bool, std cli.Streams) error {
	if err := checkPath(path); err != nil {
		return err
	}
	root, _, err := readZPL(ctx, file, std)
	if err != nil {
		return err
	}
	var b strings.Builder
	for n := range root.All(path) {
		b.WriteString(n.Value + "\n")
		if !all {
			break
		}
	}
	if b.Len() == 0 {
		return fmt.Errorf("%s: there is no %s", title(file), visible.Text(path))
	}
	return show(std.Out, []byte(b.String()))
}

// Set changes the value that a path means, or adds it.
func Set(ctx context.Context, file, path, value string, std cli.Streams) error {
	if err := checkPath(path); err != nil {
		return err
	}
	root, old, err := readZPL(ctx, file, std)
	if err != nil {
		return err
	}
	if err := root.Set(path, value); err != nil {
		return explain(file, err)
	}
	data, err := root.Text()
	switch {
	case err != nil:
		return explain(file, err)
	case file == stdio:
		return show(std.Out, data)
	case !bytes.Equal(data, old):
		return replace(file, data)
	}
	return nil
}

// checkPath refuses what is no path in any text.
func checkPath(path string) error {
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if name == "" {
			return cli.Usagef("path %q: it is made of names with a / between them, such as publish/location", path)
		}
	}
	return nil
}
