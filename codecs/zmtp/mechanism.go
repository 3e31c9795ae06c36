package zmtp

import (
	"crypto/ecdh"
	"net/netip"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// mechanism is one end's part of a security handshake (ZMTP 3.1, section "Security Mechanisms") as a state machine: it
// knows neither sockets nor time. Commands are bodies of command frames: the length of the name, the name, the data.
type mechanism interface {
	// first is the command that this end sends before it has heard anything, or nil.
	first() ([]byte, error)
	// next takes the peer's next command (never ERROR) and gives the answer, or nil. done says that the peer is admitted
	// once the answer has left. An answer beside an error is sent too: it tells the peer why.
	next(command []byte) (answer []byte, done bool, err error)
	// metadata are the peer's properties as they came, once done.
	metadata() []byte
	// cipher is what every further frame passes through, once done; nil: frames pass as they are.
	cipher() cipher
}

// cipher encrypts a connection's frames, each way in order. One goroutine may seal while another opens.
type cipher interface {
	// seal appends to dst the body of the frame that carries a frame of those flags and that body.
	seal(dst []byte, flags byte, body []byte) []byte
	// open appends to dst the body of the frame that another one of that body carries, and gives its flags. It does not
	// keep body, which it may overwrite.
	open(dst []byte, body []byte) (plain []byte, flags byte, err error)
	// overhead is by how many octets seal's result exceeds the body at most.
	overhead() int
}

// end is what a mechanism is made from.
type end struct {
	server   bool
	security zsock.Security
	metadata []byte           // our own properties, as they are sent
	addr     netip.Addr       // the peer's, for its credentials
	secret   *ecdh.PrivateKey // of CURVE: our own long-term key made ready, or nil
}
