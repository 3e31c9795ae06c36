package zproto_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

func TestParse(t *testing.T) {
	data, err := os.ReadFile("internal/alltypes/alltypes.xml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := zproto.Parse("alltypes.xml", data)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "alltypes" || c.Signature != 15 || c.SignatureValue() != 0xAAAF || c.Doc != "A protocol that nobody speaks." {
		t.Errorf("got class %+v", c)
	}
	if d := c.Defines[2]; d.Name != "MAX_SIZE" || d.IsText || d.Number != 1<<64-1 {
		t.Errorf("got define %+v", d)
	}
	if f := c.Header[0]; !f.Fixed || f.Number != 258 || f.Size != 2 || f.Line != 10 || f.Col != 9 {
		t.Errorf("got field %+v", f)
	}
	if m := c.Messages[0]; m.Name != "NUMBERS" || m.ID != 1 || len(m.Fields) != 5 || m.Doc != "Numbers of all sizes." {
		t.Errorf("got message %+v", m)
	}
	var names []string
	for _, f := range c.Union() {
		names = append(names, f.Name)
	}
	if got := strings.Join(names[:4], " "); got != "flags origin one two" || len(names) != 19 {
		t.Errorf("the union is %q", names)
	}
}

// TestWrongModels has a model for each mistake, and all that Parse says about it.
func TestWrongModels(t *testing.T) {
	// in puts the elements of a message into a model; they begin at line 1, column 53.
	in := func(fields string) string {
		return `<class name="c" signature="1"><message name="M" id="1">` + fields + `</message></class>`
	}
	for _, c := range []struct{ name, model, want string }{
		{"empty file", "", "m.xml:1:1: the file is empty: a model is one <class> element"},
		{"no XML", "hello", "m.xml:1:1: there is text outside of <class>"},
		{"not closed", "<class name='c'>\n <message>", "m.xml:2:2: <message> is never closed"},
		{"closed twice", "<class name='c'></class></class>", "m.xml:1:25: </class> closes no open element"},
		{"closed in the wrong order", "<class name='c'>\n<message></class>", "m.xml:2:10: </class> closes no open element: the innermost one is <message>"},
		{"attribute without quotes", "<class\n name=c>", "m.xml:2:8: not well-formed XML: unquoted or missing attribute value in element"},
		{"two classes", "<class name='c'/>\n<class name='d'/>", "m.xml:2:1: a model is one <class> element, and this is a second element beside it"},
		{"a doctype", "<!DOCTYPE x []>\n<class name='c'/>", "m.xml:1:1: a model has no <!…> declarations"},
		{"another root", "<model/>", "m.xml:1:1: a model is one <class> element, not <model>"},
		{"no name, no message", "<class/>", "m.xml:1:1: <class> needs the attribute \"name\""},
		{"signature", "<class name='c'\n  signature='16'><message name='M' id='1'/></class>", `m.xml:2:3: a signature is a decimal number from 0 to 15, not "16"`},
		{"unknown element in class", "<class name='c'><mesage/><message name='M' id='1'/></class>", "m.xml:1:17: <class> has no element <mesage>: it holds include, grammar, define, header, message, state, action, method and selftest"},
		{"unknown attribute", "<class name='c'>\n<message name='M'\n\tid='1' number=\"3\"/></class>", `m.xml:3:9: <message> has no attribute "number": it takes name, id`},
		{"attribute twice", "<class name='c'><message name='M' id='1' id='2'/></class>", `m.xml:1:42: attribute "id" is given twice`},
		{"unknown element in message", in(`<fiel/>`), "m.xml:1:56: <message> has no element <fiel>: it holds text and field"},
		{"element in a field", in(`<field name="f" type="uuid"><b/></field>`), "m.xml:1:84: <field> holds text only, no <b>"},
		{"name", in(`<field name="f o" type="uuid"/>`), `m.xml:1:63: "f o" is no name: a name is a letter, then letters, digits, "-" and "_", at most 64 in all`},
		{"id 0", "<class name='c'><message name='M' id='0'/></class>", `m.xml:1:35: a message id is a decimal number from 1 to 255, not "0"`},
		{"id 256", "<class name='c'><message name='M' id='256'/></class>", `m.xml:1:35: a message id is a decimal number from 1 to 255, not "256"`},
		{"no id", "<class name='c'><message name='M'/></class>", `m.xml:1:17: <message> needs the attribute "id"`},
		{
			"message twice", "<class name='c'>\n<message name='M' id='1'/>\n<message name='M' id='2'/>\n<message name='N' id='2'/></class>",
			"m.xml:3:1: there is a message \"M\" already, in line 2\nm.xml:4:1: message \"N\" has id 2, and \"M\" in line 3 has it already",
		},
		{"define twice", "<class name='c'><define name='A' value='1'/><define name='A' value='1'/><message name='M' id='1'/></class>", `m.xml:1:45: there is a define "A" already, in line 1`},
		{"no type", in(`<field name="f"/>`), `m.xml:1:56: <field> needs the attribute "type"`},
		{
			"unknown type", in(`<field name="f" type="integer"/>`),
			`m.xml:1:72: unknown type "integer": the types are number octets uuid string longstr strings hash chunk frame msg`,
		},
		{"number without size", in(`<field name="f" type="number"/>`), `m.xml:1:56: a number needs size="1", "2", "4" or "8"`},
		{"number of 3 octets", in(`<field name="f" type="number" size="3"/>`), `m.xml:1:86: a number needs size="1", "2", "4" or "8"`},
		{"octets without size", in(`<field name="f" type="octets"/>`), `m.xml:1:56: octets need a size, from 1 to 65535`},
		{"octets of no size", in(`<field name="f" type="octets" size="0"/>`), `m.xml:1:86: the size of octets is a decimal number from 1 to 65535, not "0"`},
		{"size of a string", in(`<field name="f" type="string" size="1"/>`), `m.xml:1:86: a field of type string takes no size`},
		{"text of a number", in(`<field name="f" type="number" size="1" text="true"/>`), `m.xml:1:95: a field of type number holds no text, so it takes no attribute text`},
		{"text neither true nor false", in(`<field name="f" type="string" text="yes"/>`), `m.xml:1:86: text is "true" (NUL is refused) or "false", not "yes"`},
		{"value too large", in(`<field name="f" type="number" size="1" value="256"/>`), `m.xml:1:95: the value of a number (or the name of a define above it) is a decimal number from 0 to 255, not "256"`},
		{"value of a hash", in(`<field name="f" type="hash" value=""/>`), `m.xml:1:84: a field of type hash cannot have a fixed value: number, string, longstr and frame can`},
		{"value too long", in(`<field name="f" type="string" value="` + strings.Repeat("x", 256) + `"/>`), `m.xml:1:86: a string has at most 255 octets, this value has 256`},
		{"field twice", in(`<field name="f" type="uuid"/><field name="f" type="uuid"/>`), `m.xml:1:85: the message has a field "f" already, in line 1`},
		{
			"one name, two types", "<class name='c'><message name='M' id='1'>\n<field name='f' type='number' size='1'/></message><message name='N' id='2'>\n<field name='f' type='string' text='true'/></message></class>",
			`m.xml:3:1: field "f" is a string without NUL here and a number of 1 octet in line 2: one name has one type in all messages`,
		},
		{
			"of all messages and of one", "<class name='c'><header><field name='f' type='number' size='2' value='7'/></header><message name='M' id='1'/><message name='N' id='2'>\n<field name='f' type='number' size='2'/></message></class>",
			`m.xml:2:1: the message has a field "f" already, in line 1`,
		},
		{
			"one name, two sizes", "<class name='c'><message name='M' id='1'>\n<field name='f' type='number' size='1'/></message><message name='N' id='2'>\n<field name='f' type='number' size='2'/></message></class>",
			`m.xml:3:1: field "f" is a number of 2 octets here and a number of 1 octet in line 2: one name has one type in all messages`,
		},
		{
			"with NUL and without", "<class name='c'><message name='M' id='1'>\n<field name='f' type='string'/></message><message name='N' id='2'>\n<field name='f' type='string' text='true'/></message></class>",
			`m.xml:3:1: field "f" is a string without NUL here and a string in line 2: one name has one type in all messages`,
		},
		{
			"fixed in one message only", "<class name='c'><message name='M' id='1'>\n<field name='f' type='string' value=''/></message><message name='N' id='2'>\n<field name='f' type='string'/></message></class>",
			`m.xml:3:1: field "f" is a string here and a string with a fixed value in line 2: one name has one type in all messages`,
		},
		{"msg not last", in(`<field name="f" type="msg"/><field name="g" type="frame"/>`), `m.xml:1:56: field "f" takes all frames that are left, so it must be the last of message "M"`},
		{"string after frame", in(`<field name="f" type="frame"/><field name="g" type="string"/>`), `m.xml:1:86: field "g" belongs into the first frame, so it must stand before the frames of message "M"`},
		{"frame of all messages", "<class name='c'><header><field name='f' type='frame'/></header><message name='M' id='1'/></class>", `m.xml:1:25: field "f" is of all messages, which stand in the first frame, so it cannot be a frame`},
		{"two of what there is one of", "<class name='c'><header/>\n<header/><grammar/>\n<grammar/><message name='M' id='1'/><selftest/>\n<selftest/></class>",
			"m.xml:2:1: there is a <header> already, in line 1\nm.xml:3:1: there is a <grammar> already, in line 2\nm.xml:4:1: there is a <selftest> already, in line 3"},
		{"header after messages", "<class name='c'><message name='M' id='1'/><header><field name='f' type='uuid'/></header></class>", `m.xml:1:43: the <header> stands before the first <message>: its fields are sent before the message's own`},
	} {
		got, err := zproto.Parse("m.xml", []byte(c.model))
		if err == nil || got != nil || err.Error() != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}

// Models that try to be expensive.
func TestHostileModels(t *testing.T) {
	for name, model := range map[string]string{
		"deep":          strings.Repeat("<a>", 100_000),
		"large":         strings.Repeat(" ", zproto.MaxSize+1),
		"one long line": "<class name='c'><message name='M' id='1'/><grammar>x = " + strings.Repeat("(", 900_000) + "</grammar></class>",
		"many faults":   "<class name='c'>" + strings.Repeat("<x/>", 100_000) + "</class>",
	} {
		_, err := zproto.Parse("m.xml", []byte(model))
		if err == nil || strings.Count(err.Error(), "\n") >= zproto.MaxErrors {
			t.Errorf("%s: got %.1000v", name, err)
		}
	}
}

func ExampleParse() {
	_, err := zproto.Parse("lamp.xml", []byte(`<class name="lamp">
  <message name="ON" id="1">
    <field name="level" type="integer"/>
  </message>
  <message name="OFF" id="1"/>
</class>`))
	fmt.Println(err)
	var e *zproto.Error
	fmt.Println(errors.As(err, &e), e.Line)
	// Output:
	// lamp.xml:3:25: unknown type "integer": the types are number octets uuid string longstr strings hash chunk frame msg
	// true 3
}
