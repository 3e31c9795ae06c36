// Package history judges networks of nodes: from what was done to the nodes, and what each
// node told, it finds out whether anything was told that must not be, or not told that must
// be. A simulator, a tester of real nodes and a test of other implementations feed it in the
// same way.
//
// # Truth and stories
//
// A [Checker] is told two things. The truth is what was done, before it is done: [Checker.Start],
// [Checker.Stop], [Checker.Join], [Checker.Leave], [Checker.Whisper], [Checker.Shout], and what
// cannot work meanwhile: [Checker.Disturb] until [Checker.Calm]. The stories are the
// events of each node, in its order: [Checker.Event]. All times are of one clock. Then
// [Checker.Findings] says what is wrong so far, and [Checker.Finish] what is wrong in the end.
//
//	c := history.New(history.Config{})
//	c.Start(time.Now(), id, "alice") // then zyre.Start with that UUID
//	…
//	payload := c.Whisper(time.Now(), alice, bob)
//	if err := node.Whisper(bob, payload, more); err != nil {
//		c.Failed(time.Now(), payload, err)
//	}
//	…
//	c.Event(time.Now(), bob, &event) // each that bob's node told
//
// # What is judged
//
// A [Finding] breaks one of the rules; the constants from [RuleOrder] to [RuleMembers] say
// each exactly. In short: for each peer ENTER is first and EXIT last; messages come in order,
// once, and to whom they were sent; none is lost but by an EXIT or a failed call; no peer
// exits that runs and can be reached, and causes are true; who is there and who is in
// which group is known to all in the end; and nobody flaps.
//
// The rules hold whatever the order in which things happen at the two ends of a connection:
// a history that a correct network can show has no finding. Hence each excuse is as
// wide as the protocol (ZRE/2) needs it, and no wider:
//
//   - An EXIT at either end excuses the messages that were sent between the two before it, in both
//     directions: queues are dropped, and what is on its way meets a peer that does not listen.
//     Some may arrive all the same, in order; each once.
//   - A message in whose place a later one is told is lost, disturbance or not: sequence
//     numbers show such a gap, and an EXIT has to say so.
//   - A shout is for the peers that the sender's node had told as members when it was sent,
//     JOIN and LEAVE of its own story. One that leaves may miss it.
//   - A disturbance excuses EXITs from its beginning until [Config.Settle] after its end; so does
//     that one of the two stops. An EXIT at one end excuses one at the other end soon
//     after, because it brings it about; but not the other way round.
//   - What was lost in a disturbance may show much later, with the next message: until then,
//     an EXIT with zyre.ErrLost is excused. TCP tries again after as long as it was
//     disturbed, 30 s at most: messages and groups may be late by that.
//   - Views are judged Settle after the last thing that could change them. Groups are
//     judged one by one, so that one who joins and leaves all the time is judged too.
//
// # Real nodes
//
// Events of real nodes are read some time after they happened, and a call has its effect
// some time after it was made. [Config.Lag] bounds both. A simulator, where both are at once, sets
// it negative and is judged more strictly.
//
// A [Recorder] in each process makes [Observation] values with the wall clock, which are
// lines of JSON; a [Collector] in one of them puts them in order and feeds a Checker. Both may
// be used by many goroutines.
//
// Four things are up to the caller. Start is told before the node runs, so choose its UUID
// first. The messages of one node are sent in the order in which they were numbered: ask
// for the payload and send under one lock, or in one goroutine. Whatever keeps a node from
// running or its reader from reading (a host asleep, a process stopped, a slow reader) is a
// disturbance of that node. And let the network rest for Settle before Finish.
//
// A node that is not started here, such as one whose story cannot be heard, is a stranger to
// the checker: only the order of its lives is judged. Messages without a payload of the
// checker's making, and those of strangers, are counted and not judged.
//
// Draft: this package may change.
package history
