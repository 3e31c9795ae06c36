// Package nom is the codec of NOM (rfcs/nom), a protocol that is as small as one with a state machine can be. It turns messages
// into frames and frames into messages, and knows nothing of sockets or of the conversation.
//
// One [Message] holds any message. To send, fill in ID and the fields of that message, and give the socket the
// frames of [Message.AppendFrames]. To receive, hand the frames to [Message.Parse], and let [Message.Dispatch] call
// the [Handler]'s method for the message. Everything that Parse refuses is a [*wire.Error].
//
// Each frame is readable text, the first one the message's name: "OHAI" and "Joe". Text is any octets but NUL, and
// as many as one likes.
//
// nom_msg.xml is the model, and nom_msg_gen.go is generated from it (go generate). A test compares the two.
//
// Draft: this package may change.
package nom

//go:generate go run ../cmd/zproto go nom_msg.xml
