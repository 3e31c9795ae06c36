package zmtp

import "github.com/zeromq/gozyre/codecs/zsock"

// GreetingAndReady is what an end of NULL says first.
func GreetingAndReady(socketType, identity string) []byte {
	ready := command("READY", appendProperty(appendProperty(nil, "Socket-Type", []byte(socketType)), "Identity", []byte(identity)))
	return appendFrame(appendGreeting(nil, zsock.Null, false), flagCommand, ready)
}

// Frame is a message of one frame.
func Frame(body []byte) []byte { return appendFrame(nil, 0, body) }

// Ping is a PING, after which the other end may be silent for so many tenths of a second.
func Ping(tenths byte) []byte {
	return appendFrame(nil, flagCommand, command("PING", []byte{0, tenths}))
}
