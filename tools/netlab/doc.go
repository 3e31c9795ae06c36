// Package netlab gives a test a small network of its own: hosts, switches and
// cables made of Linux network namespaces, bridges and veth pairs.
//
// A test draws its topology first, then builds it:
//
//	// alice eth0 10.77.0.1 ──┐
//	//                        lan
//	// bob   eth0 10.77.0.2 ──┘
//	lab := netlab.New(t)
//	lan := lab.Switch("lan")
//	alice, bob := lab.Host("alice"), lab.Host("bob")
//	alice.Plug(lan, "eth0", "10.77.0.1/24")
//	cable := bob.Plug(lan, "eth0", "10.77.0.2/24")
//	cmd := alice.Command(ctx, "some-program")
//	cable.Cut()
//
// A Link is cut, unplugged, moved to another switch, given another address; a Host
// loses packets, all of some kind or so many percent, routes and hides others behind it.
// Hosts answer only for the addresses of the interface that they are asked on.
//
// An Ether with taps does for a switch with plugs where frames shall arrive later.
//
// Every interface is born inside a namespace that the laboratory made, a switch
// in one of its own: the network of the machine is neither read nor changed, and
// the same addresses may be used by many tests at once. Names of namespaces are
// unique to the process and the laboratory.
//
// All of it goes away at the end of the test, also when the test fails, panics
// or is killed: a small shell process, whose standard input is a pipe that only
// the test holds, ends what runs in the namespaces and deletes them as soon as
// that pipe closes.
//
// It needs Linux, root with the right to make namespaces, and the programs ip
// (iproute2), nft (nftables) and unshare (util-linux).
// Where one is missing, New skips the test and says so; with CI=true in the
// environment it fails the test, because there a skipped test proves nothing.
//
// Functions of this package that cannot do what they are told end the test with
// Fatalf. They are to be called from the test's goroutine. A program that is no test
// has its laboratory from Outside, or from Open, and gets an error instead.
//
// Draft: this package may change.
package netlab
