package securenom_test

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/securenom"
)

// The client has chosen PLAIN, and shows login and password.
func Example() {
	out := securenom.Message{ID: securenom.IDYarly, Mechanism: []byte("PLAIN"), Response: []byte("\x00alice\x00secret")}
	frames, err := out.AppendFrames(nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", frames)

	var in securenom.Message
	if err := in.Parse(frames); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s by %s\n", in.ID, in.Mechanism)
	// Output:
	// ["YARLY" "PLAIN" "\x00alice\x00secret"]
	// YARLY by PLAIN
}
