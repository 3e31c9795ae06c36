package zproto_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// TestWrongLayouts has a model for each mistake that concerns layout, encoding or grammar, and all that Parse says of it.
func TestWrongLayouts(t *testing.T) {
	const id = `<header><field name='id' type='string'/></header>`
	for _, c := range []struct{ name, model, want string }{
		{"unknown layout", "<class name='c' layout='text'><message name='M'/></class>", `m.xml:1:17: a layout is "binary" or "frames", not "text"`},
		{"unknown encoding", "<class name='c' wire='3'><message name='M' id='1'/></class>", `m.xml:1:17: the version of the encoding is a decimal number from 1 to 2, not "3"`},
		{"frames with a signature", "<class name='c' layout='frames' signature='1'><message name='M'/></class>", `m.xml:1:33: the layout frames has no signature`},
		{"list in frames", "<class name='c' layout='frames'>" + id + "<message name='M'>\n<field name='f' type='hash'/></message></class>", `m.xml:2:1: field "f" is a hash: in the layout frames a field is a number, string, frame or msg`},
		{"longstr in the first encoding", "<class name='c' wire='1'><message name='M' id='1'>\n<field name='f' type='longstr'/></message></class>", `m.xml:2:1: field "f" is a longstr, which the first encoding (wire="1") does not have`},
		{"chunk in the first encoding", "<class name='c' wire='1'><message name='M' id='1'>\n<field name='f' type='chunk'/></message></class>", `m.xml:2:1: field "f" is a chunk, which the first encoding (wire="1") does not have`},
		{"id of two octets", "<class name='c' layout='frames'><header>\n<field name='id' type='number' size='2'/></header><message name='M' id='1'/></class>", `m.xml:2:1: the field "id" says which message it is: it is a number of size 1 or a string, without a value`},
		{"id with a value", "<class name='c' layout='frames'><header>\n<field name='id' type='string' value='M'/></header><message name='M'/></class>", `m.xml:2:1: the field "id" says which message it is: it is a number of size 1 or a string, without a value`},
		{"number of a named message", "<class name='c' layout='frames'>" + id + "<message name='M'\nid='1'/></class>", `m.xml:2:1: no id is on the wire: the header has no number called "id"`},
		{"no number of a numbered message", "<class name='c' layout='frames'><header><field name='id' type='number' size='1'/></header>\n<message name='M'/></class>", `m.xml:2:1: <message> needs the attribute "id"`},
		{"msg of all messages", "<class name='c' layout='frames'><header>\n<field name='f' type='msg'/></header><message name='M'/></class>", `m.xml:2:1: field "f" takes all frames that are left, so it must be the last of a message, not of all`},
		{"least of a frame", "<class name='c'><message name='M' id='1'><field name='f' type='frame'\nleast='1'/></message></class>", `m.xml:2:1: a field of type frame takes no least number of frames: msg does`},
		{"least of two", "<class name='c'><message name='M' id='1'><field name='f' type='msg'\nleast='2'/></message></class>", `m.xml:2:1: the least number of frames is a decimal number from 0 to 1, not "2"`},
		{
			"least here, not there", "<class name='c'><message name='M' id='1'><field name='f' type='msg' least='1'/></message><message name='N' id='2'>\n<field name='f' type='msg'/></message></class>",
			`m.xml:2:1: field "f" is a msg here and a msg of a frame at least in line 1: one name has one type in all messages`,
		},
		{"two grammars", "<class name='c'><grammar>x = C:M</grammar>\n<grammar>x = C:M</grammar><message name='M' id='1'/></class>", `m.xml:2:1: there is a <grammar> already`},
		{"element in a grammar", "<class name='c'><grammar>\n<b/></grammar><message name='M' id='1'/></class>", `m.xml:2:1: <grammar> holds text only, no <b>`},
		{"include without a file", "<class name='c'>\n<include file='a.xml'/></class>", `m.xml:2:10: a model that is included includes no other, and a model that is no file includes none`},
	} {
		got, err := zproto.Parse("m.xml", []byte(c.model))
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}

// A grammar keeps its lines, and loses what it is indented by.
func TestGrammarLines(t *testing.T) {
	c, err := zproto.Parse("m.xml", []byte("<class name='c'>\n  <grammar>\n\n    ; A comment.\n\n    x = C:M\n      / S:M\n  </grammar><message name='M' id='1'/></class>"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "; A comment.\n\nx = C:M\n  / S:M"; c.Grammar != want {
		t.Errorf("got %q, want %q", c.Grammar, want)
	}
	if p := c.GrammarPos; p.Line != 4 || p.Col != 5 {
		t.Errorf("the grammar is said to begin at %d:%d", p.Line, p.Col)
	}
}

// write makes a folder with these files and gives the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, filepath.FromSlash(files[0]))
}

func TestLoad(t *testing.T) {
	name := write(t,
		"engine/lamp.xml", `<class name="lamp"><include file="../msg.xml"/><define name="B" value="2"/></class>`,
		"msg.xml", `<class name="lamp_msg" signature="9" wire="1"><grammar>lamp = *C:ON</grammar><define name="A" value="1"/>
<header><field name="n" type="number" size="1"/></header><message name="ON" id="1"/></class>`)
	c, err := zproto.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "lamp" || c.Signature != 9 || c.Wire != 1 || c.Layout != zproto.Binary || c.Grammar != "lamp = *C:ON" ||
		len(c.Defines) != 2 || len(c.Header) != 1 || len(c.Messages) != 1 {
		t.Errorf("got %+v", c)
	}
	if p := c.Messages[0].Pos; filepath.Base(p.File) != "msg.xml" || p.Line != 2 {
		t.Errorf("the message is said to stand at %+v", p)
	}
	if _, err := zproto.Load(filepath.Join(filepath.Dir(name), "none.xml")); err == nil {
		t.Error("a file that does not exist is loaded")
	}
}

func TestWrongIncludes(t *testing.T) {
	const msg = `<class name="m"><message name="ON" id="1"/></class>`
	for _, c := range []struct{ name, file, other, want string }{
		{"no such file", `<class name="c"><include file="none.xml"/></class>`, msg, `a.xml:1:26: cannot include "none.xml": `},
		{"itself", `<class name="c"><include file="a.xml"/></class>`, msg, `a.xml:1:26: a model that is included includes no other`},
		{"twice", "<class name=\"c\"><include file=\"b.xml\"/>\n<include file=\"b.xml\"/></class>", msg, `a.xml:2:1: there is an <include> already, in line 1`},
		{"own signature", `<class name="c" signature="1"><include file="b.xml"/></class>`, msg, `a.xml:1:17: the messages are those of `},
		{"a mistake in it", `<class name="c"><include file="b.xml"/></class>`, `<class name="m"><message name="ON"/></class>`, `b.xml:1:17: <message> needs the attribute "id"`},
		{"no XML", `<class name="c"><include file="b.xml"/></class>`, `x`, `b.xml:1:1: there is text outside of <class>`},
		{"a message more", `<class name="c"><include file="b.xml"/><message name="ON" id="2"/></class>`, msg, `a.xml:1:40: there is a message "ON" already, in line 1`},
	} {
		name := write(t, "a.xml", c.file, "b.xml", c.other)
		_, err := zproto.Load(name)
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), filepath.Dir(name)+string(filepath.Separator), ""), c.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}
