module github.com/zeromq/gozyre/rfcs

go 1.26.0

require (
	github.com/pandatix/go-abnf v0.5.5
	github.com/zeromq/gozyre/codecs v0.1.0
)
