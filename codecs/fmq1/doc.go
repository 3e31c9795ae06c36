// Package fmq1 is the codec of FILEMQ/1 (rfcs/filemq1), the first version of the protocol by which a server publishes files. Nobody
// speaks it any more: it is here so that the specification can be checked, and old recordings read. Package fmq is
// the version in use.
//
// A [Message] is used as that of package fmq. The differences are those of the protocol: paths are short, a chunk
// is a frame of its own and does not say whether it is the last, and lists are in the first encoding: at most 255 entries
// of at most 255 octets, and those of a dictionary are written "key=value" ([wire.ErrPair]).
//
// The grammar of that time lists the sequence of NOM but leaves it out of the message; its code sent it. Here it is part of
// the message.
//
// fmq1_msg.xml is the model, and fmq1_msg_gen.go is generated from it (go generate). A test compares the two.
package fmq1

//go:generate go run ../cmd/zproto go fmq1_msg.xml
