package libzmq_test

import (
	"fmt"
	"log"

	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// A question and its answer.
func Example() {
	server, err := libzmq.Transport{}.Open(zsock.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	router, err := server.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		log.Fatal(err)
	}

	client, err := libzmq.Transport{}.Open(zsock.Options{})
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
	<-server.Inbox().Ready()
	for _, e := range server.Inbox().Take(nil) {
		fmt.Printf("%s at %s asks: %s\n", e.Peer, e.Addr, e.Frames[0])
		if err := router.Send(e.Peer, [][]byte{[]byte("well")}); err != nil {
			log.Fatal(err)
		}
	}
	<-client.Inbox().Ready()
	for _, e := range client.Inbox().Take(nil) {
		fmt.Printf("the answer: %s\n", e.Frames[0])
	}
	// Output:
	// alice at 127.0.0.1 asks: how are you?
	// the answer: well
}
