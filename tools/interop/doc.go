// Package interop holds tests of our nodes against peers that we did not write:
//
//   - zyre.js, an implementation of ZRE/2 from the npm registry (peers/zyrejs.js);
//   - zbeacon of czmq, another implementation of the beacon (peers/zbeacon.py);
//   - a peer that speaks ZRE/2 octet by octet over pyzmq, is strict about all
//     that it hears and breaks any rule when told to (peers/raw.py);
//
// and of whole processes against each other: on loopback, and across network
// namespaces where the test runs as root on Linux (package netlab).
//
// Every program of a test is driven by lines on its standard input and answers
// in lines of JSON on its standard output, ours too. What the tests assert of
// our side, they assert on the foreign peer's output.
//
// The foreign peers come with `go run ./tools/dev setup --test`. A peer that is
// missing skips its tests, and fails them with CI=true.
//
// Draft: this package may change.
package interop
