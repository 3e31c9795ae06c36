// Command eagain shows what a sender does when its peer does not take what it sends. The socket queues up to its high
// water mark, here four messages, for a peer that is not there; the fifth does not block, it is refused at once.
//
//	go run ./tools/guide/eagain
//
// So one goroutine can serve many peers: one that is stuck costs it nothing. What to do with the peer is
// then its decision; Zyre closes the connection, drops what was queued, and the peer may come back and start afresh.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

func main() {
	sockets, err := zmtp.Transport{}.Open(zsock.Options{})
	check(err)
	// Nobody listens at port 1, but to connect is enough: that makes the queue. Linger is 0: at the end it is thrown away.
	peer, err := sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1", HighWater: 4, SendOnly: true})
	check(err)

	for i := 0; ; i++ {
		fmt.Println("Sending message", i)
		err := peer.Send([][]byte{fmt.Appendf(nil, "message %d", i)})
		if errors.Is(err, zsock.ErrFull) { // EAGAIN, in C
			fmt.Println("Resource temporarily unavailable")
			break
		}
		check(err)
	}
	check(sockets.Close())
}

// check ends the program when something goes wrong that this page is not about.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "eagain:", err)
		os.Exit(1)
	}
}
