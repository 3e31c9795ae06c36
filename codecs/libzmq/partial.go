package libzmq

import (
	"bytes"
	"net/netip"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// partial is a message whose last frame has not been read yet.
type partial struct {
	begun  bool
	drop   bool // too many frames or octets: forget the rest
	routed bool // the routing identity has been read
	addr   netip.Addr
	peer   []byte
	frames [][]byte
	octets int64
	store  []byte // holds the octets of the frames that were at hand when the message began, in one piece
}

// begin starts a message of which that many frames and octets are at hand.
func (p *partial) begin(addr netip.Addr, frames, octets int) {
	*p = partial{begun: true, addr: addr, frames: make([][]byte, 0, min(frames, zsock.MaxFrames)), store: make([]byte, 0, octets)}
}

// keep copies a frame.
func (p *partial) keep(data []byte) []byte {
	start := len(p.store)
	if cap(p.store)-start < len(data) {
		return bytes.Clone(data)
	}
	p.store = append(p.store, data...)
	return p.store[start:len(p.store):len(p.store)]
}

// admit counts a frame and says whether the message is still within its bounds.
func (p *partial) admit(octets, most int64, frames int) bool {
	p.octets += octets
	if !p.drop && (len(p.frames) == frames || p.octets > most) {
		p.drop, p.frames = true, nil
	}
	return !p.drop
}

// frame adds a frame, which lies in the scratch buffer, to the socket's message.
func (r *receiver) frame(k *socket, data []byte, more bool) {
	p := &k.partial
	switch {
	case k.kind == zsock.Router && !p.routed:
		p.routed = true
		if !bytes.Equal(k.lastPeer, data) {
			k.lastPeer = bytes.Clone(data)
		}
		p.peer = k.lastPeer
	case p.admit(int64(len(data)), k.maxMessage, k.maxFrames):
		p.frames = append(p.frames, p.keep(data))
	}
	if !more {
		r.finish(k)
	}
}

// bigFrame fetches the frame that is larger than the scratch buffer.
func (r *receiver) bigFrame(k *socket, size uint64) {
	p := &k.partial
	if !p.begun {
		p.begin(r.addrs.parse(r.scratch.addr()), 1, 0)
	}
	var data []byte
	if p.admit(int64(size), k.maxMessage, k.maxFrames) {
		data = make([]byte, size)
		p.frames = append(p.frames, data)
	}
	if !k.native.take(data) {
		r.finish(k)
	}
}

// finish ends the socket's message: it goes into the batch, or is counted as dropped.
func (r *receiver) finish(k *socket) {
	p := &k.partial
	if p.drop || len(p.frames) == 0 {
		r.dropped.Add(1)
	} else {
		r.batch = append(r.batch, zsock.Event{Type: zsock.Message, Link: k.link, Peer: p.peer, Addr: p.addr, Frames: p.frames})
	}
	*p = partial{}
}

// addresses remembers parsed addresses: each message names its sender's as text.
type addresses map[string]netip.Addr

func (a *addresses) parse(text []byte) netip.Addr {
	if len(text) == 0 {
		return netip.Addr{}
	}
	if addr, ok := (*a)[string(text)]; ok {
		return addr
	}
	if *a == nil || len(*a) >= 4096 {
		*a = addresses{}
	}
	addr, err := netip.ParseAddr(string(text))
	if err != nil {
		return netip.Addr{}
	}
	addr = addr.Unmap()
	(*a)[string(text)] = addr
	return addr
}
