package worker_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/mdp/worker"
)

// A worker takes a request, and its reply goes to the same client.
func Example() {
	request := worker.Message{ID: worker.IDRequest, Client: []byte("c1"), Body: [][]byte{[]byte("hello")}}
	frames, err := request.AppendFrames(nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	var in worker.Message
	if err := in.Parse(frames); err != nil {
		fmt.Println(err)
		return
	}
	reply := worker.Message{ID: worker.IDReply, Client: in.Client, Body: in.Body}
	if frames, err = reply.AppendFrames(nil, nil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %q\n", reply.ID, frames)
	// Output: REPLY: ["" "MDPW01" "\x03" "c1" "" "hello"]
}
