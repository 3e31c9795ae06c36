package fmq

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// nowhere is a store that costs nothing.
type nowhere struct{}

func (nowhere) Begin(string, string, inbox.Header, int64) (file, error)  { return nowhere{}, nil }
func (nowhere) Remove(string, string, bool) (bool, error)                { return false, nil }
func (nowhere) Leave(string, string) (bool, error)                       { return false, nil }
func (nowhere) List(context.Context, string, bool) ([]inbox.Held, error) { return nil, nil }
func (nowhere) Forget(string)                                            {}
func (nowhere) Close() error                                             { return nil }
func (nowhere) Write([]byte) error                                       { return nil }
func (nowhere) Finish(*[20]byte) (inbox.Delivered, error)                { return inbox.Delivered{}, nil }
func (nowhere) Keep()                                                    {}
func (nowhere) Discard()                                                 {}

// pour is a server that gives the next client what it says, as fast as credit lets it, until send says that it is over.
func pour(b *testing.B, send func(sequence uint64) (frame []byte, octets int, over bool)) string {
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := sockets.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sockets.Close() })
	go func() {
		credit, sequence, over := int64(0), uint64(0), false
		var frame []byte
		var octets int
		var batch []zsock.Event
		for range sockets.Inbox().Ready() {
			batch = sockets.Inbox().Take(batch)
			for _, e := range batch {
				var m fmq.Message
				if e.Type != zsock.Message || m.Parse(e.Frames) != nil {
					if e.Type == zsock.Down {
						return
					}
					continue
				}
				answer := map[fmq.ID]fmq.ID{fmq.IDOhai: fmq.IDOhaiOK, fmq.IDIcanhaz: fmq.IDIcanhazOK, fmq.IDHugz: fmq.IDHugzOK}[m.ID]
				if answer != 0 {
					first, _ := (&fmq.Message{ID: answer}).Append(nil)
					listener.Send(e.Peer, [][]byte{first})
				}
				credit += int64(m.Credit)
				for !over {
					if frame == nil {
						frame, octets, over = send(sequence)
					}
					if int64(octets) > credit || credit == 0 || listener.Send(e.Peer, [][]byte{frame}) != nil {
						over = false
						break
					}
					credit -= int64(octets)
					sequence++
					frame = nil
				}
			}
		}
	}()
	return listener.Endpoint()
}

// takeAll has a client take what a server pours until so many files are here.
func takeAll(b *testing.B, endpoint string, in store, files int) {
	cfg := ClientConfig{Inbox: b.TempDir(), Servers: []string{endpoint}, Queue: 10_000}
	var c *Client
	var err error
	if in == nil {
		c, err = Dial(b.Context(), cfg)
	} else if err = cfg.check(); err == nil {
		c, err = dial(b.Context(), cfg, in)
	}
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.StartTimer()
	if err := c.Subscribe(b.Context(), "/", Subscription{}); err != nil {
		b.Fatal(err)
	}
	for n := 0; n < files; {
		select {
		case e := <-c.Events():
			if e.Type == Deliver {
				n++
			}
		case <-time.After(time.Minute):
			b.Fatal("nothing comes")
		}
	}
	b.StopTimer()
}

// BenchmarkLargeFile is 1 GiB in chunks of 256 KB, onto the disk.
func BenchmarkLargeFile(b *testing.B) {
	const size, most = 1 << 30, 256 << 10
	content := make([]byte, most)
	b.SetBytes(size)
	b.StopTimer()
	for range b.N {
		endpoint := pour(b, func(sequence uint64) ([]byte, int, bool) {
			m := fmq.Message{ID: fmq.IDCheezburger, Sequence: sequence, Operation: 1, Filename: []byte("/large"), Offset: sequence * most}
			if m.Offset < size {
				m.Chunk = content
			} else {
				m.Eof = 1
			}
			frame, _ := m.Append(make([]byte, 0, most+100))
			return frame, len(m.Chunk), m.Eof == 1
		})
		takeAll(b, endpoint, nil, 1)
	}
}

// BenchmarkSmallFiles is 10,000 files of 4 KB in 100 folders, each a chunk and an end: what the client costs without a disk, and with one.
func BenchmarkSmallFiles(b *testing.B) {
	const files = 10_000
	content := make([]byte, 4096)
	small := func(sequence uint64) ([]byte, int, bool) {
		n := sequence / 2
		m := fmq.Message{ID: fmq.IDCheezburger, Sequence: sequence, Operation: 1, Filename: fmt.Appendf(nil, "/%d/%d", n/100, n%100)}
		if sequence%2 == 0 {
			m.Chunk = content
			m.Headers = pairsOf("SIZE", "4096", "MTIME", "2001-02-03T04:05:06.000000007Z", "MODE", "644")
		} else {
			m.Offset, m.Eof = 4096, 1
			m.Headers = pairsOf("SHA1", "1CEAF73DF40E531DF3BFB26B4FB7CD95FB7BFF1D")
		}
		frame, _ := m.Append(nil)
		return frame, len(m.Chunk), sequence == 2*files-1
	}
	for _, where := range []string{"memory", "disk"} {
		b.Run(where, func(b *testing.B) {
			b.StopTimer()
			for range b.N {
				var in store
				if where == "memory" {
					in = nowhere{}
				}
				takeAll(b, pour(b, small), in, files)
			}
			b.ReportMetric(files*float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}
