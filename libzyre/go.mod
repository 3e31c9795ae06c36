module github.com/zeromq/gozyre/libzyre

go 1.26.0

require (
	github.com/gofrs/flock v0.13.2
	github.com/google/uuid v1.6.0
	github.com/zeromq/gozyre/codecs v0.1.0
	github.com/zeromq/gozyre/codecs/libzmq v0.1.0
	github.com/zeromq/gozyre/codecs/zmtp v0.1.0
	github.com/zeromq/gozyre/libfmq v0.1.0
	github.com/zeromq/gozyre/libzyre/beacon v0.1.0
	github.com/zeromq/gozyre/libzyre/groups v0.1.0
	github.com/zeromq/gozyre/libzyre/harmony v0.1.0
	github.com/zeromq/gozyre/rfcs v0.1.0
	go.uber.org/goleak v1.3.0
	pgregory.net/rapid v1.3.0
)

require (
	github.com/fsnotify/fsnotify v1.10.1 // indirect
	github.com/pebbe/zmq4 v1.4.0 // indirect
	github.com/zeromq/gozyre/libfmq/sasl v0.1.0 // indirect
	golang.org/x/crypto v0.59.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
)
