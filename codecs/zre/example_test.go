package zre_test

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
)

// A shout becomes three frames, and comes out of them again.
func Example() {
	out := zre.Message{
		ID: zre.IDShout, Sequence: 7, Group: []byte("CHAT"),
		Content: [][]byte{[]byte("hello"), []byte("world")},
	}
	first, err := out.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	frames := out.AppendRest([][]byte{first})
	fmt.Printf("%x\n", frames[0])

	var in zre.Message
	if err := in.Parse(frames); err != nil {
		fmt.Println(err)
		return
	}
	switch in.ID {
	case zre.IDShout:
		fmt.Printf("%s %d to %s: %s\n", in.ID, in.Sequence, in.Group, in.Content)
	}
	// Output:
	// aaa1030200070443484154
	// SHOUT 7 to CHAT: [hello world]
}

func ExampleMessage_Parse_errors() {
	var m zre.Message
	err := m.Parse([][]byte{{0xAA, 0xA1, 4, 2, 0, 1, 9, 'C', 'H'}})
	fmt.Println(err)
	fmt.Println(errors.Is(err, wire.ErrTruncated))

	err = m.Parse([][]byte{{0xAA, 0xA1, 99, 2, 0, 8, 1, 2, 3}})
	fmt.Println(err)
	fmt.Println(errors.Is(err, wire.ErrUnknownID), m.Sequence)
	// Output:
	// JOIN group, octet 6: the frame ends inside the field
	// true
	// ID(99) id, octet 6: there is no message of this id
	// true 8
}

func ExampleMessage_Append_errors() {
	m := zre.Message{ID: zre.IDJoin, Group: bytes.Repeat([]byte("x"), 300)}
	dst, err := m.Append([]byte("kept"))
	fmt.Printf("%s: %v\n", dst, err)
	// Output:
	// kept: JOIN group: the value is longer than its encoding can say
}
