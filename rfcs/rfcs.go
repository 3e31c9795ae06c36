// Package rfcs holds what the project's protocols are specified by: the specifications, and vectors for programs that want
// to be tested against them.
//
//	text, err := fs.ReadFile(rfcs.Specifications(), "zre/README.md")
//	text, err := fs.ReadFile(rfcs.Vectors(), "zre/hello.txtar")
//
// Each specification is a folder with a README.md: beacon, filemq, filemq1, harmony, mdp, nom, signature, zmtp, zpl, zproto, zre,
// zre1, zrelog. Grammars, tables and figures in it are generated from the protocol's model, or checked by the tests of this
// module.
//
// # Vectors of messages
//
// Each file below zre, zre1, filemq, filemq1, zrelog, nom, securenom, mdp-client, mdp-worker and beacon is a message of that
// protocol, in all the ways in which it can be right and wrong: what its fields hold and the frames that this makes; frames
// that have to be refused, and by which name; values that cannot be sent. vectors/README.md explains their form, for any
// language, and holds a reader in Python.
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
// Draft: this package may change.
package rfcs

import (
	"embed"
	"io/fs"
)

//go:generate go run ../codecs/cmd/zproto vectors -o vectors/zre ../codecs/zre/zre_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/zre1 ../codecs/zre1/zre1_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/filemq ../codecs/fmq/fmq_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/filemq1 ../codecs/fmq1/fmq1_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/zrelog ../codecs/zrelog/zrelog_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/nom ../codecs/nom/nom_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/securenom ../codecs/securenom/securenom_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/mdp-client ../codecs/mdp/client/mdp_client_msg.xml
//go:generate go run ../codecs/cmd/zproto vectors -o vectors/mdp-worker ../codecs/mdp/worker/mdp_worker_msg.xml
//go:generate go run ../tools/dev/specs .

//go:embed *.md */*.md */*.svg */*.py vectors
var files embed.FS

// Specifications are the texts: "zre/README.md" for instance, and with them "PROCESS.md", how they change, and "MATURITY.md", how
// far one may rely on one.
func Specifications() fs.FS { return files }

// Vectors are the files below the folder vectors: "zre/hello.txtar" and "zmtp/null.txt" for instance.
func Vectors() fs.FS {
	vectors, err := fs.Sub(files, "vectors")
	if err != nil {
		panic(err) // the name is a constant, and valid
	}
	return vectors
}
