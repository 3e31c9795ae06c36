// Package zre is the codec of ZRE/2.
package zre

//go:generate go run ../cmd/zproto go zre_msg.xml
