//go:build libzmq

package main

import "github.com/zeromq/gozyre/codecs/libzmq"

func init() { transports["libzmq"] = libzmq.Transport{} }
