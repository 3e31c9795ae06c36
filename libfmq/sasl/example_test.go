package sasl_test

import (
	"fmt"
	"log"

	"github.com/zeromq/gozyre/libfmq/sasl"
)

func Example() {
	logins := sasl.NewLogins(map[string]string{"joe": "secret"})
	server, err := sasl.NewServer(sasl.AnonymousServer{}, sasl.PlainServer{Check: logins.Check})
	if err != nil {
		log.Fatal(err)
	}
	client, err := sasl.NewClient(sasl.PlainClient{Login: "joe", Password: "secret"})
	if err != nil {
		log.Fatal(err)
	}

	// What the protocol carries: the list and a challenge in one direction, a name and a response in the other.
	exchange, answers := server.Start(), client.Start()
	mechanism, response, err := answers.Answer(server.Offer(), nil)
	if err != nil {
		log.Fatal(err)
	}
	_, who, err := exchange.Respond(mechanism, response)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %q: %s\n", mechanism, response, who.Login)
	// Output: PLAIN "\x00joe\x00secret": joe
}
