// Record writes down conversations of libzmq as vectors, in place of those of module rfcs. It needs Debian's python3-zmq, or
// another Python that has pyzmq.
//
//	go run ./tools/interop/zmtp/record [FOLDER]
//
// FOLDER is rfcs/vectors/zmtp when nothing is said, as seen from the root of a checkout.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/tools/interop/zmtp"
)

func main() {
	folder := filepath.FromSlash("rfcs/vectors/zmtp")
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := record(folder); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, c := range zmtp.Conversations {
		text, err := c.Record(ctx)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, c.Name+".txt")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}
