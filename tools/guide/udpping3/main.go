// Command udpping3 is the third rung: presence. Sockets, UUIDs, timers and the list of peers are behind package zreinterface;
// the program only takes its messages and shows them, frame by frame, each with its length in octets.
//
//	go run ./tools/guide/udpping3 [-port 9999] [-interface eth0]
//
// Start it in two windows, then end one: the other says JOINED, and LEFT five seconds after the last beacon.
// Messages between peers are the next step: that is Zyre, ./tools/cmd/dechat.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/zeromq/gozyre/tools/guide/zreinterface"
)

func main() {
	port := flag.Int("port", 9999, "UDP `port` of the beacons: 1 to 65535")
	name := flag.String("interface", "", "`name` of the network interface (default: the first that can broadcast)")
	expiry := flag.Duration("expiry", 5*time.Second, "a peer that is silent for that `time` has left")
	interval := flag.Duration("interval", time.Second, "`time` between two beacons")
	flag.Parse()

	us, err := zreinterface.New(zreinterface.Config{
		Port: *port, Interface: *name, Interval: *interval, Expiry: *expiry,
	})
	check(err)
	for event := range us.Events() {
		show(event.Name)
		show(event.Peer)
	}
	check(us.Err())
}

// show prints a frame.
func show(frame string) {
	fmt.Printf("[%03d] %s\n", len(frame), frame)
}

// check ends the program when something cannot be helped.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "udpping3:", err)
		os.Exit(1)
	}
}
