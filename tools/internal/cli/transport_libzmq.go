//go:build libzmq

package cli

import "github.com/zeromq/gozyre/codecs/libzmq"

func init() { transports["libzmq"] = libzmq.Transport{} }
