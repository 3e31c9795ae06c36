module github.com/zeromq/gozyre/codecs/libzmq

go 1.26

require (
	github.com/pebbe/zmq4 v1.4.0
	github.com/zeromq/gozyre/codecs v0.1.0
)

require go.uber.org/goleak v1.3.0
