module github.com/zeromq/gozyre/codecs/bench

go 1.26
