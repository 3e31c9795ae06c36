// Command udpping1 is the first rung of the ladder: who else is on this network? One UDP socket tells everybody that
// we are here, once a second, and prints from where it hears anything, which begins with itself.
//
//	go run ./tools/guide/udpping1 [-port 9999] [-broadcast 255.255.255.255]
//
// What is wrong with it: 255.255.255.255 leaves by one interface only, whichever the system prefers; any error
// is the end; it finds itself; and only one process of a machine can have the port. udpping2 repairs that.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"
)

func main() {
	port := flag.Int("port", 9999, "UDP `port` to ping on: 1 to 65535")
	broadcast := flag.String("broadcast", "255.255.255.255", "`address` that means everybody")
	flag.Parse()
	everybody, err := netip.ParseAddrPort(fmt.Sprintf("%s:%d", *broadcast, *port))
	check(err)

	// Port, but no address: what was broadcast is not addressed to any of ours.
	// (C programs have to ask for permission to broadcast, SO_BROADCAST; Go has asked already.)
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{Port: *port})
	check(err)
	go listen(socket)

	for tick := time.Tick(time.Second); ; <-tick {
		fmt.Println("Pinging peers...")
		_, err := socket.WriteToUDPAddrPort([]byte("!"), everybody) // that we say something says it all
		check(err)
	}
}

// listen prints who is there.
func listen(socket *net.UDPConn) {
	ping := make([]byte, 1)
	for {
		_, peer, err := socket.ReadFromUDPAddrPort(ping)
		check(err)
		fmt.Println("Found peer", peer)
	}
}

// check ends the program at the first thing that goes wrong.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "udpping1:", err)
		os.Exit(1)
	}
}
