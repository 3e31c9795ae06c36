// Package rfcs holds what the project's protocols are specified by, for programs that want to be tested against it. So far
// these are vectors of ZMTP 3.1, the protocol under ZeroMQ.
//
//	text, err := fs.ReadFile(rfcs.Vectors(), "zmtp/null.txt")
//
// # Vectors of ZMTP
//
// Each file below zmtp is a conversation of two sockets of libzmq over one TCP connection, whole from the greetings on: a
// handshake of each security mechanism, refusals, messages of 0 to 65,536 octets, subscriptions, a heartbeat. A line is what
// one end says at once:
//
//	dialer frame | 0105 | 6669727374 # more follow
//
// In it stand
//
//   - who says it: dialer is the end that connected, listener the other;
//   - what it is: greeting; command, a frame with that flag; frame, any other one;
//   - the octets in hexadecimal. 62*255 is the octet 62, 255 times. Bars stand between fields: of a frame the flags with the
//     length come first, of a command the name with its length second. Blanks mean nothing;
//   - from # on, a remark.
//
// The lines stand in the order in which things were said. In the handshake, where both ends may speak at once, they take turns.
//
// Octets in angle brackets are random: another recording has others, the same in number. In the conversations of CURVE
// they came from a known source, and lines before the greetings say what was drawn, and the long-term keys:
//
//	dialer secret | 2021…
//	dialer public | 3580…
//	dialer random | <af43…> # the transient secret key
//
// So all boxes can be opened, and made. Never use these keys.
//
// Some octets are libzmq's own way: those of a greeting between ff and 7f are padding, as-server is always 0, and PLAIN
// misspells its ERROR. A peer has to live with that, and need not copy it.
//
// Stability: Draft.
package rfcs

import (
	"embed"
	"io/fs"
)

//go:embed vectors
var files embed.FS

// Vectors are the files below the folder vectors: "zmtp/null.txt" for instance.
func Vectors() fs.FS {
	vectors, err := fs.Sub(files, "vectors")
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	return vectors
}
