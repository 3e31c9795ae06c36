module github.com/zeromq/gozyre/zpl

go 1.26
