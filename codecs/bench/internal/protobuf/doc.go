// Package protobuf is what protoc-gen-go and protoc-gen-go-vtproto make of messages.proto.
package protobuf

//go:generate go run ../protogen messages.proto
