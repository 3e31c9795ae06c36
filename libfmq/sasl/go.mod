module github.com/zeromq/gozyre/libfmq/sasl

go 1.26
