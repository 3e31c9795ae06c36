package fmq1_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/fmq1"
)

// A chunk is a frame of its own in version 1.
func Example() {
	out := fmq1.Message{ID: fmq1.IDCheezburger, Operation: 1, Filename: []byte("/a"), Chunk: []byte("hello")}
	first, err := out.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	frames := out.AppendRest([][]byte{first})

	var in fmq1.Message
	if err := in.Parse(frames); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s, %d frames: %s\n", in.ID, in.Filename, len(frames), in.Chunk)
	// Output: CHEEZBURGER /a, 2 frames: hello
}
