// Package worker is the codec of MDP/Worker (rfcs/mdp), by which a worker talks to a Majordomo broker: it turns messages into
// frames and frames into messages, and knows nothing of sockets or of the conversation.
//
// Every field is a frame of its own. To send, fill in a [Message] and give the socket the frames of
// [Message.AppendFrames]. To receive, hand the frames to [Message.Parse], and let [Message.Dispatch] call the
// [Handler]'s method for the message. Errors are [*wire.Error] values.
//
// mdp_worker_msg.xml is the model, and mdp_worker_msg_gen.go is generated from it (go generate). A test compares the two.
//
// Draft: this package may change.
package worker

//go:generate go run ../../cmd/zproto go mdp_worker_msg.xml
