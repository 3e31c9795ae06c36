// Package zmtp listens in on connections of ZeroMQ: a [Tap] stands between two ends and keeps what each says, and
// [Record] writes down whole conversations of libzmq as vectors (see module rfcs for their form):
//
//	go run ./tools/interop/zmtp/record
//
// The folder peers holds programs with one ZeroMQ socket each, of makes that are not ours, which the recorder and the
// tests of package interop drive.
//
// Draft: this package may change.
package zmtp
