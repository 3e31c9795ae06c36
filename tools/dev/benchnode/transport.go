package main

import (
	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// carrier is the flag that chooses who carries the messages.
type carrier struct {
	Transport string `enum:"zmtp,libzmq" default:"zmtp" help:"Who carries the messages: ${enum}."`
}

func (c carrier) transport() zsock.Transport {
	if c.Transport == "libzmq" {
		return libzmq.Transport{}
	}
	return zmtp.Transport{}
}
