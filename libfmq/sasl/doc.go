// Package sasl is the part of SASL (RFC 4422) that this project's protocols use: a server offers mechanisms, the
// client chooses one, and then the two exchange challenges and responses that only the mechanism understands,
// until the server has decided. It carries nothing itself: a protocol has messages for the list, the challenges
// and the responses (ORLY and YARLY in FILEMQ).
//
// # Sides
//
// A server makes a [Server] of its mechanisms once, and a [Server.Start] of it for each client. A client makes a
// [Client] of the mechanisms that it is willing to use, the one it likes best first, and starts it for each
// connection.
//
//	server                            client
//	Server.Offer      ── list, "" ──►  Answers.Answer           chooses
//	Exchange.Respond  ◄── name, response ──
//	   …              ── list, challenge ──►  …                 as often as the mechanism wants
//	*Identity, or ErrRefused
//
// Two mechanisms come with the package: [PlainServer] and [PlainClient] (PLAIN, RFC 4616), a login and a password
// that everybody who listens in can read, and [AnonymousServer] and [AnonymousClient] (ANONYMOUS, RFC 4505). A
// mechanism of one's own is a [ServerMechanism] on one side and a [ClientMechanism] on the other.
//
// # What comes from outside
//
// Messages have bounds ([MaxMessage], [MaxText], [MaxMechanisms], [MaxRounds]), and every fault is an error value.
// A server tells a client no more than that it is refused: who asks for a wrong password learns nothing about
// logins, not even by how long the answer takes (see [Logins]).
//
// Nothing here blocks, starts goroutines or keeps state beside the exchanges, which belong to one goroutine each.
package sasl
