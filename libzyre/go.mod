module github.com/zeromq/gozyre/libzyre

go 1.26

require (
	github.com/google/uuid v1.6.0
	github.com/zeromq/gozyre/codecs v0.1.0
	github.com/zeromq/gozyre/codecs/libzmq v0.1.0
	github.com/zeromq/gozyre/libzyre/beacon v0.1.0
	github.com/zeromq/gozyre/libzyre/groups v0.1.0
	github.com/zeromq/gozyre/libzyre/harmony v0.1.0
	go.uber.org/goleak v1.3.0
)
