package fileio

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"math"
	"os"
	"strconv"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Client has a DEALER, and counts what comes.
type Client struct {
	Received
	end
	link zsock.Link
}

// Received is what a client has got so far.
type Received struct {
	Count  int   // chunks
	Octets int64 // in them
	sum    uint32
}

// Ask asks for the whole file.
func (c *Client) Ask() error { return c.link.Send([][]byte{[]byte("fetch")}) }

// AskFor asks for the chunk that begins there.
func (c *Client) AskFor(offset int64) error {
	return c.link.Send([][]byte{[]byte("fetch"), strconv.AppendInt(nil, offset, 10), strconv.AppendInt(nil, Chunk, 10)})
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errGone    = errors.New("the server is gone")
)

// Chunks yields what the server sends. A chunk is good until the next one, and an error is the last.
func (c *Client) Chunks() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for e := range c.Events() {
			if e.Type == zsock.Down {
				yield(nil, errGone)
				return
			}
			if e.Type != zsock.Message || len(e.Frames) != 1 {
				continue
			}
			chunk := e.Frames[0]
			c.Count++
			c.Octets += int64(len(chunk))
			c.sum = crc32.Update(c.sum, castagnoli, chunk)
			if !yield(chunk, nil) {
				return
			}
			zsock.Recycle(e.Frames)
		}
		yield(nil, c.ctx.Err())
	}
}

// compare says whether what was received is the file, to the last octet.
func (r Received) compare(file *os.File) error {
	sum := crc32.New(castagnoli)
	size, err := io.Copy(sum, io.NewSectionReader(file, 0, math.MaxInt64))
	switch {
	case err != nil:
		return err
	case r.Octets != size:
		return fmt.Errorf("%s has %d bytes, and %d were received", file.Name(), size, r.Octets)
	case r.sum != sum.Sum32():
		return fmt.Errorf("%s has other content than what was received", file.Name())
	}
	return nil
}
