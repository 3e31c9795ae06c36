// Package machine is the runtime of the engines that zproto makes out of models with states: what is the same in
// all of them.
//
// A generated engine is a pure state machine: each input is a method of [Server] or [Client] that takes the time
// and what came in, and returns what follows as a list of [Effect] values. There is no goroutine, socket, clock,
// lock or log in it, so a test runs an hour in a millisecond. [Listen] and [Dial] run an engine over codecs/zsock
// for those who need no loop of their own.
//
// # What happens on an event
//
// An event is a message of the peer, by its name in capitals ("OHAI"), or internal, in small letters ("ok"). It is
// looked for in the present state: the state's own events, those it inherits, those of the state "defaults"; in
// all of them "*" comes last and is any message. What is found nowhere is ignored, and counted. Else, in this
// order:
//
//  1. The actions are done as the model lists them. An action written by hand may [Machine.Raise] one internal event, to come
//     after this one, or [Machine.Throw] an exception: then the remaining actions and the change of state do not happen, and
//     the exception is the next event, in the state in which the machine is. What was sent before remains sent.
//  2. The next state is entered.
//  3. The internal event that was raised is next. When there is none, all messages sent go out.
//
// # Time
//
// The event "heartbeat" comes when the peer has been silent for an interval, and again after each further one;
// "expired" when it was quiet for too long. A server's machine is gone then; a client's goes on, and the model
// says how.
//
// # The connection
//
// Where the transport tells, a client's machine gets "up", "down" and "failed" of its connection, and a server's gets
// "writable" when there is room again in the queue to its client, after it had been full. A server's machine ends with its
// client's connection, and gets "expired" then.
//
// Events of the engine itself ("malformed" too) that a state does not know are not counted as ignored.
//
// # Strangers
//
// What comes from outside is hostile. A message that does not parse is counted, and becomes the event "malformed",
// which means nothing unless the model says otherwise; one that has another protocol's signature is dropped in any
// case. A client has a machine from its first message that means something in the first state, until that
// terminates or expires, and there are at most [Config.MaxClients] of them.
//
// Draft: this package may change.
package machine
