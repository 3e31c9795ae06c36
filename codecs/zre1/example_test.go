package zre1_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/zre1"
)

// HELLO tells address and port apart in version 1.
func Example() {
	out := zre1.Message{ID: zre1.IDHello, Sequence: 1, Ipaddress: []byte("192.168.1.7"), Mailbox: 49152}
	first, err := out.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	var in zre1.Message
	if err := in.Parse([][]byte{first}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s port %d\n", in.ID, in.Ipaddress, in.Mailbox)
	// Output: HELLO 192.168.1.7 port 49152
}
