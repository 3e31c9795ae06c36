// Package filemq holds tests of our server and our client of FILEMQ/2 against those of C filemq: programs that do, octet by octet, what C
// filemq does (rfcs/filemq, 7.2), over pyzmq. They share no code with ours. peers/client.py is its client, peers/server.py its server.
//
// Each test runs twice, with each of our transports. The peers take pyzmq, which `go run ./tools/dev setup --test` installs; without it the
// tests are skipped, and fail with CI=true.
//
// Draft: this package may change.
package filemq
