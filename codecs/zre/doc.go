// Package zre is the codec of ZRE/2, the protocol between the peers of a Zyre network (rfcs/zre): it turns
// messages into frames and frames into messages, and knows nothing of sockets or of the conversation.
//
// # Use
//
// One [Message] holds any message. To send, fill in ID, Sequence and the fields of that message, and give the
// peer's socket the frame that [Message.Append] makes and the frames that [Message.AppendRest] adds (WHISPER
// and SHOUT carry their content in frames of their own). To receive, hand all frames to [Message.Parse] and
// let [Message.Dispatch] call the [Handler]'s method for the message. Keep one value for sending and one for receiving:
// reused, they cost no allocation.
//
// # Strictness
//
// Parse accepts exactly the messages of the model. It is meant for input from strangers: it does not panic,
// and it allocates nothing but lists of groups and headers, for as many as the frame really holds. Errors are
// [*wire.Error] values. Three of them are normal life:
//
//   - [wire.ErrSignature]: a stranger reconnected to our port. Drop it.
//   - [wire.ErrVersion]: the peer speaks another ZRE. Drop it, and tell the user if it lasts.
//   - [wire.ErrUnknownID]: the peer is newer than we are. Count it, and count its Sequence as well, which is set.
//
// Any other error is a broken peer.
//
// Text is any octets, with one exception: group names, the name and the keys of headers hold no NUL, on the
// way in as on the way out. Endpoint, name, group and the ids of an election have at most 255 octets, and so
// has a header's key; groups in HELLO and values of headers have a length of 32 bits.
//
// # Where it comes from
//
// zre_msg.xml is the model, and zre_msg_gen.go is generated from it by package zproto (go generate). To change the
// codec, change the model or the generator's template; a test compares model and code.
// testdata/vectors.txt holds messages of another implementation that must come out the same in both directions.
package zre

//go:generate go run ../cmd/zproto go zre_msg.xml
