// Package attack holds no code. Its tests do to nodes what a hostile host of their network can do, and want that it costs
// nothing: bounded memory, goroutines, descriptors and events, a counter that says so, and no interruption of what honest
// peers say to each other.
//
// The nodes that are attacked, the victims, are three in a process of their own: the test program, which executes itself. They
// are on loopback and on a UDP port of their own, and talk to each other all the time. The attacker is the test. It
// writes datagrams and ZMTP by hand, from addresses of 127.0.0.0/8, each of which can be a host of its own. That, and how
// memory is measured, is Linux's: elsewhere there are no tests here.
//
// GOZYRE_ATTACK=long runs everything for as long as it makes sense, instead of as long as a test may take.
package attack
