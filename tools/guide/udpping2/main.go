// Command udpping2 is the second rung: the same ping on top of package udplib, which hides the sockets. It finds others and
// not itself, runs as often on one machine as you like, and outlives a network that goes away.
//
//	go run ./tools/guide/udpping2 [-port 9999] [-interface eth0]
//
// What is still wrong: it can tell where a ping came from, not who sent it. Addresses change while a program runs, and
// programs share them; and nobody is ever told that a peer has left. udpping3 repairs that.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/zeromq/gozyre/tools/guide/udplib"
)

func main() {
	port := flag.Int("port", 9999, "UDP `port` to ping on: 1 to 65535")
	name := flag.String("interface", "", "`name` of the network interface (default: the first that can broadcast)")
	flag.Parse()

	udp, err := udplib.New(*port, *name)
	check(err)
	go listen(udp)

	for tick := time.Tick(time.Second); ; <-tick {
		fmt.Println("Pinging peers...")
		check(udp.Send([]byte("!")))
	}
}

// listen prints who is there.
func listen(udp *udplib.UDP) {
	ping := make([]byte, 1)
	for {
		_, peer, err := udp.Recv(ping)
		check(err)
		fmt.Println("Found peer", peer)
	}
}

// check ends the program; what would pass by itself, udplib has kept to itself.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "udpping2:", err)
		os.Exit(1)
	}
}
