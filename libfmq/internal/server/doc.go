// Package server is the server's side of FILEMQ/2 as a state machine: what clients have subscribed to, what each still has to get, and when it
// can get it. It has no socket, clock, disk or goroutine: messages, patches of directories and the results of turns come in, messages go out, and
// [Turn] values, which somebody else carries out.
//
// Section numbers in comments are those of rfcs/filemq.
package server

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto server --codec github.com/zeromq/gozyre/codecs/fmq fmq_server.xml
//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto selftest --codec github.com/zeromq/gozyre/codecs/fmq --transport github.com/zeromq/gozyre/codecs/zmtp fmq_server.xml
