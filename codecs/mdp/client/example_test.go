package client_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/mdp/client"
)

// No frame says which message it is: the broker knows that a client sends requests.
func Example() {
	out := client.Message{ID: client.IDRequest, Service: []byte("echo"), Body: [][]byte{[]byte("hello")}}
	frames, err := out.AppendFrames(nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", frames)

	var in client.Message
	if err := in.ParseAs(client.IDRequest, frames); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s for %s: %s\n", in.ID, in.Service, in.Body)
	// Output:
	// ["" "MDPC01" "echo" "hello"]
	// REQUEST for echo: [hello]
}
