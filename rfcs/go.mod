module github.com/zeromq/gozyre/rfcs

go 1.26
