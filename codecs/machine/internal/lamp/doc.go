// Package lamp is the codec of a protocol that only tests speak.
package lamp

//go:generate go run github.com/zeromq/gozyre/codecs/cmd/zproto go lamp_msg.xml
