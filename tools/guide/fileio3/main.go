// Command fileio3 sends a file as fileio2 does, and as fast as fileio1: the client asks for ten chunks at once, and whenever one has
// come it asks for another. That is its credit: so many chunks may be on their way.
//
//	go run ./tools/guide/fileio3
//
// Data flows without a break as long as the pipeline is longer than a round trip, and still nobody holds more than the client asked for:
// ten chunks, 2.5 MB, in all queues and buffers between the two disks together. A gigabyte of memory will do for 400 clients.
//
// What is missing for more than one file is a protocol: names, changes, who may have what, going on after a crash. That is libfmq.
package main

import "github.com/zeromq/gozyre/tools/guide/fileio"

const pipeline = 10

func main() { fileio.Model{HighWater: pipeline, Serve: fileio.ServeChunks, Fetch: fetch}.Main() }

func fetch(c *fileio.Client) error {
	for i := range int64(pipeline) {
		if err := c.AskFor(i * fileio.Chunk); err != nil {
			return err
		}
	}
	for chunk, err := range c.Chunks() {
		// Chunks come in the order in which they were asked for, so behind the last one there are none but empty ones.
		if err != nil || len(chunk) < fileio.Chunk {
			return err
		}
		if err := c.AskFor(c.Octets + (pipeline-1)*fileio.Chunk); err != nil {
			return err
		}
	}
	return nil
}
