// Package fmq is the codec of FILEMQ/2 (rfcs/filemq), by which a server publishes files to its clients: it turns messages into
// frames and frames into messages, and knows nothing of sockets, files or the conversation.
//
// # Use
//
// One [Message] holds any message. To send, fill in ID and the fields of that message, and give the socket the
// frame that [Message.Append] makes and the frames that [Message.AppendRest] adds (ORLY and YARLY have one). To
// receive, hand all frames to [Message.Parse], and let [Message.Dispatch] call the [Handler]'s method for the
// message. Keep one value for sending and one for receiving: reused, they cost no allocation. A received chunk is
// not copied: it lies in the frame that it came in.
//
// # Strictness
//
// Parse accepts exactly the messages of the model. It is meant for input from strangers: it does not panic, and it
// allocates nothing but lists, for as many entries as the frame really holds. Errors are [*wire.Error] values. An
// OHAI of another version is [wire.ErrVersion], of another protocol [wire.ErrConstant]; a stranger's message is
// [wire.ErrSignature].
//
// Text is any octets. Paths, names of files and mechanisms, and the keys of options, cache and headers hold no NUL;
// values may. What a path or a filename means (that it begins with "/", that it does not climb with "..") is not
// checked here.
//
// # Where it comes from
//
// fmq_msg.xml is the model, and fmq_msg_gen.go is generated from it by package zproto (go generate). To change the
// codec, change the model or the generator's template; a test compares model and code.
// testdata/vectors.txt holds messages of another implementation that must come out the same in both directions.
package fmq

//go:generate go run ../cmd/zproto go fmq_msg.xml
