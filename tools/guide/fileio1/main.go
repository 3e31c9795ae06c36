// Command fileio1 sends a file in the way that comes to mind first: the client says that it wants it, and the server sends chunk
// after chunk without stopping for breath. An empty chunk says that it was the last.
//
//	go run ./tools/guide/fileio1
//
// A server is faster than a network, so what it sends waits in the queue for that client, and a queue has an end. A ROUTER of libzmq then drops
// what does not fit, and with it chunks out of the middle of the file. Ours says ErrFull, and with a Writable event when there is
// room again: the server goes on where it stopped, and nothing is lost.
//
// What is wrong with it: the server fills the queue to the brim for every client, however slow that one is: 25 MB for each here, 10 GB for 400 of
// them. And the client has no say: it cannot go on in the middle of the file, nor take a break, nor call the whole thing off. See fileio2.
package main

import (
	"errors"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/tools/guide/fileio"
)

func main() { fileio.Model{HighWater: 100, Serve: serve, Fetch: fetch}.Main() }

func fetch(c *fileio.Client) error {
	if err := c.Ask(); err != nil {
		return err
	}
	for chunk, err := range c.Chunks() {
		if err != nil || len(chunk) == 0 {
			return err
		}
	}
	return nil
}

func serve(s *fileio.Server) error {
	next := map[string]int64{} // where to go on, by client
	for e := range s.Events() {
		client := string(e.Peer)
		offset, busy := next[client]
		delete(next, client)
		if e.Type == zsock.Down || e.Type != zsock.Message && !busy {
			continue
		}
		offset, err := send(s, e.Peer, offset)
		if errors.Is(err, zsock.ErrFull) {
			next[client] = offset // until it is Writable
		} else if err != nil && !errors.Is(err, zsock.ErrUnknownPeer) {
			return err
		}
	}
	return nil
}

// send sends the file from offset on, as far as there is room, and says how far that was.
func send(s *fileio.Server, client []byte, offset int64) (int64, error) {
	for {
		chunk, err := s.Read(offset, fileio.Chunk)
		if err == nil {
			err = s.Send(client, [][]byte{chunk})
		}
		if err != nil || len(chunk) == 0 {
			return offset, err
		}
		offset += int64(len(chunk))
	}
}
