// Package securenom is the codec of secure NOM (rfcs/nom, part II): NOM in which a client proves by SASL who it is. It turns messages
// into frames and frames into messages, and knows nothing of sockets, mechanisms or the conversation.
//
// One [Message] holds any message. To send, fill in ID and the fields of that message, and give the socket the
// frames of [Message.AppendFrames]. To receive, hand the frames to [Message.Parse], and let [Message.Dispatch] call
// the [Handler]'s method for the message. Everything that Parse refuses is a [*wire.Error].
//
// The first frame is the message's name. ORLY has the list of mechanisms in its second frame, with one blank
// between two of them, and the challenge in its third; YARLY has one mechanism and the response.
//
// securenom_msg.xml is the model, and securenom_msg_gen.go is generated from it (go generate). A test compares
// the two.
//
// Draft: this package may change.
package securenom

//go:generate go run ../cmd/zproto go securenom_msg.xml
