package wire_test

import (
	"errors"
	"fmt"

	"github.com/zeromq/gozyre/codecs/wire"
)

func ExampleReader() {
	frames := [][]byte{[]byte("\xAA\xA9\x01\x04lamp\x00\x00\x00\x01\x00\x00\x00\x07kitchen"), []byte("a whole frame")}
	var r wire.Reader
	r.Reset(frames)
	r.Signature(0xAAA9)
	id := r.Number1("id")
	name := r.String("name")
	places := r.Strings("places", nil)
	content := r.Msg()
	if err := r.End(nil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d %s %s %s\n", id, name, places, content)

	r.Reset([][]byte{frames[0][:7]})
	r.Signature(0xAAA9)
	r.Number1("id")
	r.String("name")
	err := r.End(nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, wire.ErrTruncated))
	// Output:
	// 1 lamp [kitchen] [a whole frame]
	// message name, octet 3: the frame ends inside the field
	// true
}

func ExampleAppendString() {
	dst := wire.AppendNumber2(nil, 0xAAA9)
	dst, err := wire.AppendString(dst, []byte("lamp"))
	fmt.Printf("%x %v\n", dst, err)
	dst, err = wire.AppendString(dst, make([]byte, 256))
	fmt.Printf("%x %v\n", dst, err)
	// Output:
	// aaa9046c616d70 <nil>
	// aaa9046c616d70 the value is longer than its encoding can say
}
