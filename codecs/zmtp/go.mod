module github.com/zeromq/gozyre/codecs/zmtp

go 1.26.0

require (
	github.com/zeromq/gozyre/codecs v0.1.0
	github.com/zeromq/gozyre/rfcs v0.1.0
	go.uber.org/goleak v1.3.0
	golang.org/x/crypto v0.59.0
	golang.org/x/sys v0.50.0
)
