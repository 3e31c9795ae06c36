package zsock_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// A transport puts in what arrives; the one who reads waits for Ready, and takes all that is there.
func ExampleInbox() {
	inbox := zsock.NewInbox(2, 0, func() { fmt.Println("there is room again") })
	fmt.Println(inbox.Put(zsock.Event{Type: zsock.Message, Frames: [][]byte{[]byte("one")}}))
	fmt.Println(inbox.Put(zsock.Event{Type: zsock.Message, Frames: [][]byte{[]byte("two")}})) // false: it is full now

	<-inbox.Ready()
	for _, e := range inbox.Take(nil) {
		fmt.Printf("%v %s\n", e.Type, e.Frames[0])
	}
	// Output:
	// true
	// false
	// there is room again
	// message one
	// message two
}
