package harmony_test

import (
	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Every test here runs on each transport, one after the other.
var (
	transports = []zsock.Transport{zmtp.Transport{}, libzmq.Transport{}}
	transport  = transports[0]
)
