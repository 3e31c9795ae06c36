// Package client is a client of FILEMQ/2 as a state machine (rfcs/filemq, sections 5 and 6): what it says and hears in one
// conversation with one server. It has no socket, clock, disk or goroutine: what is around it is a [Host].
//
// fmq_client.xml is the model, fmq_client_gen.go is generated from it, and the other files are its actions.
package client

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto client --codec github.com/zeromq/gozyre/codecs/fmq fmq_client.xml
