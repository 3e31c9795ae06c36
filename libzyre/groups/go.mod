module github.com/zeromq/gozyre/libzyre/groups

go 1.26
