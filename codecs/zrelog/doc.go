// Package zrelog is the codec of ZRELOG (rfcs/zrelog), by which the peers of a Zyre network report to a collector what happens to
// them. It turns messages into frames and frames into messages, and knows nothing of sockets.
//
// There is one message, LOG, and it is one frame: [Message.Append] makes it and [Message.Parse] reads it. Errors are
// [*wire.Error] values. What the fields hold is not checked beyond their size: an event or a level that this package
// has no constant for is a newer node's.
//
// [Hash] makes of a UUID what records name nodes by, [When] and [TimeOf] read and write their times, [Split] makes several
// records of a long text.
//
// A SUB socket that subscribes to the octets AA A2 01 and a level gets the messages of that level only.
//
// zrelog_msg.xml is the model, and zrelog_msg_gen.go is generated from it (go generate). A test compares the two.
package zrelog

//go:generate go run ../cmd/zproto go zrelog_msg.xml
