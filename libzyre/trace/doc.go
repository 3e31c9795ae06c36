// Package trace reads what a node writes to Config.Trace, and replays it.
//
//	file, err := os.Create("alice.jsonl")
//	...
//	node, err := zyre.Start(ctx, zyre.Config{Name: "alice", Trace: file})
//
// and later, on another machine perhaps,
//
//	sum, err := trace.Replay(file)
//
// The tool `zyre trace` draws what the traces of several nodes tell.
//
// # The form
//
// A trace is text, one JSON object a line (Line). There is a line for all that
// came to a node (a beacon, a command of a peer, news of a connection, a call of
// the application, a tick of its clock), and for all that followed: what it asked
// of its connections, with the answer, and what it told its application.
//
//	{"time":"…","node":"A1…","in":"recv","peer":"B2…","command":"PING","sequence":7,"sizes":[6],"frames":["aaa106020007"]}
//	{"time":"…","node":"A1…","out":"send","peer":"B2…","command":"PING-OK","sequence":4,"sizes":[6],"frames":["aaa107020004"]}
//
// The first line of a node's life is "begin", with its configuration. Times are
// RFC 3339 with nanoseconds, UTC: the node's wall clock when it began, and its
// monotonic clock from there on, so that they never go back. UUIDs are 32
// upper-case hexadecimal digits. Frames are in hexadecimal: the first one, which
// is the protocol's, whole (1,024 octets of it, if it is not a HELLO's), of the
// application's 32 octets each. Sizes are those of the whole frames.
//
// Lines of several nodes may be mixed. A trace may end anywhere: in the middle of
// a line, too.
//
// # Replay
//
// A node decides by nothing else than what its trace holds. So Replay gives the
// inputs to the protocol again, and finds the first difference, also in when it
// wants to be woken: because the code is another one, or because the trace was
// changed. What a trace holds may be a stranger's: it is read in bounded memory,
// and its texts are escaped.
//
// Draft: this package may change.
package trace
