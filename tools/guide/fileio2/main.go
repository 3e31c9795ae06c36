// Command fileio2 sends a file chunk by chunk: the client asks for one, gets it, and asks for the next. One that is shorter than
// it could be is the last.
//
//	go run ./tools/guide/fileio2
//
// That ends the worries of fileio1. The queues hold a single message, and the client says how long a chunk is,
// where to begin, when to go on, and when it has had enough. The server remembers nothing.
//
// What is wrong with it: while a request is on its way nothing else is. On this machine that takes a fraction of a millisecond, and there are
// 4,295 chunks in a gigabyte; over a network that is a thousand times as far away they take minutes. See fileio3.
package main

import "github.com/zeromq/gozyre/tools/guide/fileio"

func main() { fileio.Model{HighWater: 1, Serve: fileio.ServeChunks, Fetch: fetch}.Main() }

func fetch(c *fileio.Client) error {
	if err := c.AskFor(0); err != nil {
		return err
	}
	for chunk, err := range c.Chunks() {
		if err != nil || len(chunk) < fileio.Chunk {
			return err
		}
		if err := c.AskFor(c.Octets); err != nil {
			return err
		}
	}
	return nil
}
