package zproto_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// TestListing has the frames of MDP's messages by hand, with the numbers that they have on the wire.
func TestListing(t *testing.T) {
	const client = `* Frame 1: "" (0 octets, Empty frame)
* Frame 2: "MDPC01" (6 octets, Protocol identifier)
* Frame 3: Service name (printable string)
`
	const worker = `* Frame 1: "" (0 octets, Empty frame)
* Frame 2: "MDPW01" (6 octets, Protocol identifier)
`
	const from = `* Frame 4: Client address (opaque binary)
* Frame 5: "" (0 octets, Empty frame)
`
	for _, c := range []struct{ model, want string }{
		{"client", `**The MDP/Client protocol**

A REQUEST command is a message of 4 frames or more:

` + client + `* Frames 4 and up: Request body (one frame or more, opaque binary)

A REPLY command is a message of 4 frames or more:

` + client + `* Frames 4 and up: Response body (one frame or more, opaque binary)
`},
		{"worker", `**The MDP/Worker protocol**

A READY command is a message of 4 frames:

` + worker + `* Frame 3: 0x01 (1 octet, READY)
* Frame 4: Service name (printable string)

A REQUEST command is a message of 6 frames or more:

` + worker + `* Frame 3: 0x02 (1 octet, REQUEST)
` + from + `* Frames 6 and up: Request body (one frame or more, opaque binary)

A REPLY command is a message of 6 frames or more:

` + worker + `* Frame 3: 0x03 (1 octet, REPLY)
` + from + `* Frames 6 and up: Reply body (one frame or more, opaque binary)

A HEARTBEAT command is a message of 3 frames:

` + worker + `* Frame 3: 0x04 (1 octet, HEARTBEAT)

A DISCONNECT command is a message of 3 frames:

` + worker + `* Frame 3: 0x05 (1 octet, DISCONNECT)
`},
	} {
		t.Run(c.model, func(t *testing.T) {
			class, err := zproto.Load("../mdp/" + c.model + "/mdp_" + c.model + "_msg.xml")
			if err != nil {
				t.Fatal(err)
			}
			got, err := zproto.Listing(class)
			if err != nil || string(got) != c.want {
				t.Errorf("got\n%s\n%v", got, err)
			}
		})
	}
}

// TestSizes says what is different in the first encoding, in the layout frames and of fixed values.
func TestSizes(t *testing.T) {
	for _, c := range []struct{ class, field, want string }{
		{`wire="1"`, `type="strings"`, "| f | strings | 1 octet, then a string each, at most 255 |"},
		{`wire="1"`, `type="hash" text="true"`, `| f | hash | 1 octet, then a string "name=value" each, at most 255, no NUL in names |`},
		{``, `type="longstr" value="a|b"`, `| f | longstr = "a\|b" | 4 + 3 octets |`},
		{``, `type="string" value="a"`, `| f | string = "a" | 1 + 1 octet |`},
		{``, `type="octets" size="9"`, `| f | octets | 9 octets |`},
		{``, `type="uuid"`, `| f | uuid | 16 octets |`},
		{`layout="frames"`, `type="number" size="2" value="3"`, `| f | number-2 = 3 | a frame of 2 octets |`},
		{`layout="frames"`, `type="string"`, `| f | string | a frame |`},
		{`layout="frames"`, `type="msg"`, `| f | msg | all further frames |`},
	} {
		model := `<class name="c" ` + c.class + `><message name="M"` + map[bool]string{true: "", false: ` id="1"`}[strings.Contains(c.class, "frames")] +
			`><field name="f" ` + c.field + `/></message></class>`
		class, err := zproto.Parse("m.xml", []byte(model))
		if err != nil {
			t.Fatal(err)
		}
		got, err := zproto.MessageTables(class)
		if err != nil || !strings.Contains(string(got), "\n"+c.want) {
			t.Errorf("%s %s: %v, there is no %s in\n%s", c.class, c.field, err, c.want, got)
		}
	}
}

// A title is a title, whatever is in it: it makes no heading of its own, and no emphasis.
func TestHostileTitle(t *testing.T) {
	c, err := zproto.Parse("m.xml", []byte("<class name='c' title='_x_ ~y~&#13;&#13;# Injected' layout='frames'><message name='M'>&#13;# text<field name='f' type='frame'/></message></class>"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := zproto.Listing(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(got, "\r") || !bytes.Contains(got, []byte(`\_x\_ \~y\~  # Injected`)) {
		t.Errorf("got %q", got)
	}
}
