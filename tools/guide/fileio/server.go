package fileio

import (
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Server has the file, and a ROUTER.
type Server struct {
	zsock.Listener
	end
	file   *os.File
	buffer []byte
}

// Read gives size octets of the file: fewer at its end, and none behind it. They are good until the next Read.
func (s *Server) Read(offset int64, size int) ([]byte, error) {
	if cap(s.buffer) < size {
		s.buffer = make([]byte, size)
	}
	n, err := s.file.ReadAt(s.buffer[:size], offset)
	if err == io.EOF {
		err = nil
	}
	return s.buffer[:n], err
}

// ServeChunks gives to each client the chunks that it asks for, one for each "fetch" with an offset and a size, in that order. It
// holds nothing for a client but what that has asked for: at most Model.HighWater chunks.
func ServeChunks(s *Server) error {
	for e := range s.Events() {
		if e.Type != zsock.Message {
			continue
		}
		offset, size, ok := wish(e.Frames)
		if !ok {
			continue
		}
		chunk, err := s.Read(offset, size)
		if err != nil {
			return err
		}
		// A client that asks for more than it takes in, or is gone, gets no answer. Who keeps to the pipeline is never that client.
		err = s.Send(e.Peer, [][]byte{chunk})
		if err != nil && !errors.Is(err, zsock.ErrFull) && !errors.Is(err, zsock.ErrUnknownPeer) {
			return err
		}
	}
	return nil
}

// wish reads what a client asks for. The size of a chunk is the client's choice, up to Chunk.
func wish(frames [][]byte) (offset int64, size int, ok bool) {
	if len(frames) != 3 || string(frames[0]) != "fetch" {
		return 0, 0, false
	}
	offset, err1 := strconv.ParseInt(string(frames[1]), 10, 64)
	size, err2 := strconv.Atoi(string(frames[2]))
	return offset, size, err1 == nil && err2 == nil && offset >= 0 && size > 0 && size <= Chunk
}
