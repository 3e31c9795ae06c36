// Command dechat is a chat without a server and without discovery: it connects to every address that there could be. An SUB
// socket for each of the 254 addresses of a network tries and tries until somebody is there; a PUB socket says what we type to
// all who have connected to us. Who goes and comes back is found again, and nobody wrote a line of code for that.
//
//	go run ./tools/guide/dechat ADDRESS-PREFIX INTERFACE NAME
//	go run ./tools/guide/dechat 192.168.55 eth0 Joe
//
// INTERFACE is the network interface that we speak from, or our own address there. The program finds itself too, so you see
// what you say. It ends with its input.
//
// What is wrong with it: one network only, of 254 addresses; as many sockets as there are addresses; one node an address.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

func main() {
	port := flag.Int("port", 9000, "TCP `port` that all of the chat use")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: dechat [-port 9000] ADDRESS-PREFIX INTERFACE NAME\nfor example: dechat 192.168.55 eth0 Joe")
	}
	flag.Parse()
	if flag.NArg() != 3 {
		flag.Usage()
		os.Exit(2)
	}
	prefix, network, name := flag.Arg(0), flag.Arg(1), flag.Arg(2)

	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	check(err)
	own, err := address(network)
	check(err)
	broadcaster, err := sockets.Listen(zsock.ListenOptions{
		Kind: zsock.Pub, Endpoint: fmt.Sprintf("tcp://%s:%d", own, *port), Linger: time.Second,
	})
	check(err)
	for host := 1; host < 255; host++ { // this is all the discovery there is
		_, err := sockets.Dial(zsock.DialOptions{
			Kind: zsock.Sub, Endpoint: fmt.Sprintf("tcp://%s.%d:%d", prefix, host, *port),
			Subscribe: [][]byte{{}}, MaxMessage: 64 << 10,
		})
		check(err)
	}

	lines := make(chan string)
	go read(lines)
	var heard []zsock.Event
	for {
		select {
		case line, more := <-lines:
			if !more {
				check(sockets.Close())
				return
			}
			check(broadcaster.Send(nil, [][]byte{[]byte(name + ": " + line)}))
		case <-sockets.Inbox().Ready():
			heard = sockets.Inbox().Take(heard)
			for _, event := range heard {
				if event.Type == zsock.Message {
					fmt.Println(printable(event.Frames[0]))
				}
			}
		}
	}
}

// read hands over what is typed, a line at a time.
func read(lines chan<- string) {
	defer close(lines)
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		lines <- input.Text()
	}
}

// address is the IPv4 address of an interface; an address stands for itself.
func address(network string) (netip.Addr, error) {
	if own, err := netip.ParseAddr(network); err == nil {
		return own, nil
	}
	i, err := net.InterfaceByName(network)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("interface %s: %w", network, err)
	}
	addrs, err := i.Addrs()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("interface %s: %w", network, err)
	}
	for _, addr := range addrs {
		if own, err := netip.ParsePrefix(addr.String()); err == nil && own.Addr().Is4() {
			return own.Addr(), nil
		}
	}
	return netip.Addr{}, fmt.Errorf("interface %s has no IPv4 address", network)
}

// printable leaves out what could command our terminal: anybody may send anything.
func printable(text []byte) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, string(text))
}

// check ends the program when something cannot be helped.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "dechat:", err)
		os.Exit(1)
	}
}
