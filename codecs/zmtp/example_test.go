package zmtp_test

import (
	"fmt"
	"log"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// A question and its answer.
func Example() {
	server, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	router, err := server.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		log.Fatal(err)
	}

	client, err := zmtp.Transport{}.Open(zsock.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	dealer, err := client.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: router.Endpoint(), Identity: []byte("alice")})
	if err != nil {
		log.Fatal(err)
	}

	if err := dealer.Send([][]byte{[]byte("how are you?")}); err != nil {
		log.Fatal(err)
	}
	e := next(server.Inbox())
	fmt.Printf("%s asks: %s\n", e.Peer, e.Frames[0])
	if err := router.Send(e.Peer, [][]byte{[]byte("well")}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("the answer: %s\n", next(client.Inbox()).Frames[0])
	// Output:
	// alice asks: how are you?
	// the answer: well
}

// next waits for a message, and passes over the news of connections.
func next(inbox *zsock.Inbox) zsock.Event {
	for {
		<-inbox.Ready()
		for _, e := range inbox.Take(nil) {
			if e.Type == zsock.Message {
				return e
			}
		}
	}
}
