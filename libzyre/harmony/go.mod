module github.com/zeromq/gozyre/libzyre/harmony

go 1.26

require (
	github.com/zeromq/gozyre/codecs v0.1.0
	github.com/zeromq/gozyre/codecs/libzmq v0.1.0
	go.uber.org/goleak v1.3.0
)

require github.com/pebbe/zmq4 v1.4.0 // indirect
