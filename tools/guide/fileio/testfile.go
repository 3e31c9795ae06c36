package fileio

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

func testName(size any) string { return fmt.Sprintf("gozyre-fileio-%v", size) }

// testFile opens the test file of that size. If there is none it makes one that nothing can compress.
func testFile(ctx context.Context, size int64) (*os.File, error) {
	path := filepath.Join(os.TempDir(), testName(size))
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() == size {
		return os.Open(path)
	}
	// It gets its name when it is whole, so that nobody takes half a file for one to be reused.
	file, err := os.CreateTemp(os.TempDir(), testName("*"))
	if err != nil {
		return nil, err
	}
	if err = fill(ctx, file, size); err == nil {
		err = file.Close()
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Name())
		return nil, fmt.Errorf("make a test file of %d octets (-size): %w", size, err)
	}
	return os.Open(path)
}

// fill writes so many octets.
func fill(ctx context.Context, w io.Writer, size int64) error {
	var seed [32]byte
	crand.Read(seed[:])
	noise := rand.NewChaCha8(seed)
	for size > 0 && ctx.Err() == nil {
		n, err := io.CopyN(w, noise, min(size, 1<<20))
		if err != nil {
			return err
		}
		size -= n
	}
	return ctx.Err()
}
