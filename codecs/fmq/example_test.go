package fmq_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
)

// A client asks for all that is below a path; the server reads what it wants.
func Example() {
	out := fmq.Message{
		ID: fmq.IDIcanhaz, Path: []byte("/photos"),
		Options: []wire.Pair{{Key: []byte("RESYNC"), Value: []byte("1")}},
	}
	first, err := out.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	frames := out.AppendRest([][]byte{first}) // ICANHAZ is one frame: there is no rest

	var in fmq.Message
	if err := in.Parse(frames); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s %s=%s\n", in.ID, in.Path, in.Options[0].Key, in.Options[0].Value)
	// Output: ICANHAZ /photos RESYNC=1
}
