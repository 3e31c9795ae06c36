// Package wireshark is gozyre.lua: a dissector with which Wireshark and tshark show what Zyre nodes and FileMQ say to each
// other. It is generated from the models, by zproto (see [github.com/zeromq/gozyre/codecs/zproto.Lua]); there is nothing for
// Go programs here. Its tests let tshark read the test vectors of all models, libzmq's conversations, hostile octets, and
// a real network of nodes.
//
// # Use
//
// Copy gozyre.lua into the folder that Wireshark (4.0 or later) calls "Personal Lua Plugins" (Help, About, Folders); on Linux
// that is ~/.local/lib/wireshark/plugins. Or only once:
//
//	tshark -X lua_script:gozyre.lua -i any
//
// tshark and Wireshark load no such files for root: let an ordinary user look at the capture.
//
// Connections are recognized by their greeting, or, where the capture begins later, by the first message of a protocol
// that is known; ports mean nothing. Filters:
//
//	zre || zrelog || fmq                  the protocols; zeromq has all of ZMTP, zre-beacon the beacons
//	zre.message.id == "SHOUT"             a message, by its number or name
//	zre.group == "CHAT"                   a field: PROTOCOL.FIELD, as the model calls it
//	zre.headers.key == "X-ZRELOG"         the keys of a dictionary; .value has the values
//	zre.message.fault || zeromq.fault     what is not as the model, or ZMTP, has it
//	zeromq.command == "PING"              heartbeats of ZMTP
//
// What CURVE has encrypted stays closed. A message of more than 16 MiB, or 1,000 frames (100 in one of more
// than 1 MiB), is not looked into, and the connection is taken up again at the next packet that begins with something known.
//
// Draft: this package may change.
package wireshark

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto lua -o gozyre.lua ../../codecs/zre/zre_msg.xml ../../codecs/zre1/zre1_msg.xml ../../codecs/fmq/fmq_msg.xml ../../codecs/fmq1/fmq1_msg.xml ../../codecs/zrelog/zrelog_msg.xml
