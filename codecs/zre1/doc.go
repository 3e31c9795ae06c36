// Package zre1 is the codec of ZRE/1 (rfcs/zre1), the first version of the protocol between the peers of a Zyre network. Nobody
// speaks it any more: it is here so that the specification can be checked, and old recordings read. Package zre is
// the version in use.
//
// A [Message] is used as that of package zre. The differences are those of the protocol: there is no version, HELLO
// tells address and port apart and knows no name, content is exactly one frame, and lists are in the first encoding:
// at most 255 entries of at most 255 octets, and those of a dictionary are written "key=value" ([wire.ErrPair]).
//
// zre1_msg.xml is the model, and zre1_msg_gen.go is generated from it (go generate). A test compares the two.
package zre1

//go:generate go run ../cmd/zproto go zre1_msg.xml
