// Package client is the codec of MDP/Client (rfcs/mdp), by which a client talks to a Majordomo broker: it turns messages into
// frames and frames into messages, and knows nothing of sockets or of the conversation.
//
// Every field is a frame of its own, and no frame says which message it is. To send, fill in a [Message] and give
// the socket the frames of [Message.AppendFrames]. To receive, hand the frames to [Message.ParseAs] with what it has
// to be: a broker receives [IDRequest], a client [IDReply]. Errors are [*wire.Error] values.
//
// A REQ socket sends and takes away the empty frame by itself: there the application leaves it out behind
// AppendFrames, and puts it back before ParseAs.
//
// mdp_client_msg.xml is the model, and mdp_client_msg_gen.go is generated from it (go generate). A test compares the two.
//
// Draft: this package may change.
package client

//go:generate go run ../../cmd/zproto go mdp_client_msg.xml
