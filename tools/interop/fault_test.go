package interop

import (
	"bytes"
	"sync"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// offByOne is a transport whose JOINs carry a status that is one too high: what
// a node that counts wrongly would send. It shows that the suite would notice.
type offByOne struct{ zsock.Transport }

func (t offByOne) Open(o zsock.Options) (zsock.Sockets, error) {
	inner, err := t.Transport.Open(o)
	if err != nil {
		return nil, err
	}
	s := &wrongSockets{Sockets: inner, inbox: zsock.NewInbox(0, 0, nil), stop: make(chan struct{}), links: map[zsock.Link]zsock.Link{}}
	s.pump.Go(s.forward)
	return s, nil
}

// wrongSockets gives out links of its own, so it has to translate events too.
type wrongSockets struct {
	zsock.Sockets
	inbox *zsock.Inbox
	pump  sync.WaitGroup
	once  sync.Once
	stop  chan struct{}

	mu    sync.Mutex
	links map[zsock.Link]zsock.Link // the transport's, ours
}

func (s *wrongSockets) Inbox() *zsock.Inbox { return s.inbox }

func (s *wrongSockets) Dial(o zsock.DialOptions) (zsock.Link, error) {
	s.mu.Lock() // no event of the link is translated before we know it
	defer s.mu.Unlock()
	inner, err := s.Sockets.Dial(o)
	if err != nil {
		return nil, err
	}
	s.links[inner] = &wrongLink{inner}
	return s.links[inner], nil
}

func (s *wrongSockets) Close() error {
	s.once.Do(func() { close(s.stop) })
	s.pump.Wait()
	return s.Sockets.Close()
}

func (s *wrongSockets) forward() {
	var batch []zsock.Event
	for {
		select {
		case <-s.stop:
			return
		case <-s.Sockets.Inbox().Ready():
		}
		batch = s.Sockets.Inbox().Take(batch)
		s.mu.Lock()
		for i, e := range batch {
			if e.Link != nil {
				batch[i].Link = s.links[e.Link]
			}
		}
		s.mu.Unlock()
		s.inbox.Put(batch...)
	}
}

type wrongLink struct{ zsock.Link }

// join is how every JOIN of ZRE/2 begins.
var join = []byte{0xaa, 0xa1, 4, 2}

func (l *wrongLink) Send(frames [][]byte) error {
	if bytes.HasPrefix(frames[0], join) {
		first := bytes.Clone(frames[0])
		first[len(first)-1]++
		frames = append([][]byte{first}, frames[1:]...)
	}
	return l.Link.Send(frames)
}
