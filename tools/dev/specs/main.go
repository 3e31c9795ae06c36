// Specs fills in what models say of the specifications: the blocks between <!-- zproto … --> and <!-- end -->, and the
// pictures beside them.
//
//	go run ./tools/dev/specs rfcs
//
// does it for the README.md in each folder below rfcs. The package codecs/zproto tells what a block may be. It is not part of
// the command zproto because pictures take Graphviz, which is here as a library (compiled to WebAssembly, so there is no
// cgo), and whoever only wants code should not have to load that.
//
// It exits with 0 when all went well, 1 when a model or a block is wrong, and 2 when the command line is wrong. Nothing is
// written of a specification that has a mistake.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/zeromq/gozyre/codecs/zproto"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

func run(ctx context.Context, folders []string, stderr io.Writer) int {
	if len(folders) == 0 {
		fmt.Fprintln(stderr, "usage: specs FOLDER…: fills in every README.md in a folder of FOLDER")
		return 2
	}
	if err := fill(ctx, folders); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// fill reports what is wrong with any specification, and fills in the others.
func fill(ctx context.Context, folders []string) error {
	draw, err := newArtist(ctx)
	if err != nil {
		return err
	}
	defer draw.Close()
	var errs []error
	for _, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*", "README.md"))
		if err != nil {
			return err
		}
		if len(names) == 0 {
			errs = append(errs, fmt.Errorf("%s: no folder in it has a README.md", folder))
		}
		for _, name := range names {
			errs = append(errs, fillFile(name, draw))
		}
	}
	return errors.Join(errs...)
}

// fillFile writes what has changed only, so that nothing that watches files wakes up for nothing.
func fillFile(name string, draw *artist) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text, pictures, err := zproto.Fill(name, old, draw.SVG)
	if err != nil {
		return err
	}
	for _, picture := range slices.Sorted(maps.Keys(pictures)) {
		if err := write(filepath.Join(filepath.Dir(name), picture), pictures[picture]); err != nil {
			return err
		}
	}
	return write(name, text)
}

func write(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(name, text, 0o666)
}
