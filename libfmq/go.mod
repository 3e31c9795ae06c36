module github.com/zeromq/gozyre/libfmq

go 1.26.0

require (
	github.com/fsnotify/fsnotify v1.10.1
	github.com/zeromq/gozyre/codecs v0.1.0
	github.com/zeromq/gozyre/codecs/zmtp v0.1.0
	github.com/zeromq/gozyre/libfmq/sasl v0.1.0
	github.com/zeromq/gozyre/rfcs v0.1.0
	go.uber.org/goleak v1.3.0
)

require (
	golang.org/x/crypto v0.59.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
)
