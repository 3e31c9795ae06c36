package zproto_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

const fillModel = `<class name="lamp" layout="frames" title="Lamp" engine="server">
	<define name="ONE" value="1"/>
	<header><field name="id" type="string"/></header>
	<message name="HI"><field name="who" type="string"/></message>
	<state name="so far"><event name="HI"><action name="send" message="HI"/></event></state>
</class>`

// draw stands for Graphviz.
func draw(p zproto.Picture) ([]byte, error) {
	if strings.Contains(p.Title, "bad") {
		return nil, errors.New("out of ink")
	}
	return []byte("picture of " + p.Title), nil
}

func fillIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"lamp.xml": fillModel, "wrong.xml": "<class/>"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFill(t *testing.T) {
	dir := fillIn(t)
	var in, want strings.Builder
	in.WriteString("````md\n```\n<!-- end -->\n````\n")
	for _, b := range []struct{ mark, first string }{
		{"grammar lamp.xml", "```abnf"},
		{"messages lamp.xml", "| Message | Fields | |"},
		{"constants lamp.xml", "| Constant | Value | |"},
		{"states lamp.xml", "**so far**, where it begins."},
		{"listing lamp.xml", "**The Lamp protocol**"},
		{"layout HI lamp.xml", "![Layout of HI](lamp-hi.svg)"},
		{"diagram lamp.xml", "![States of lamp](lamp.svg)"},
		{"diagram so far lamp.xml", "![The state so far of lamp](lamp-so-far.svg)"},
		{"figure sign bits: %xAAA 12 | the rest 4", "![sign](sign.svg)"},
	} {
		fmt.Fprintf(&in, "before\n<!-- zproto %s -->\nold\n```\n<!-- end -->\n", b.mark)
		fmt.Fprintf(&want, "before\n<!-- zproto %s -->\n%s\n", b.mark, b.first)
	}
	in.WriteString("```\n<!-- zproto this is an example -->\n<!-- end -->\n```\n")
	out, pictures, err := zproto.Fill(filepath.Join(dir, "README.md"), []byte(in.String()), draw)
	if err != nil {
		t.Fatal(err)
	}
	rest := string(out)
	for _, line := range strings.Split(strings.TrimSuffix(want.String(), "\n"), "\n") {
		at := strings.Index(rest, line+"\n")
		if at < 0 {
			t.Fatalf("%q is missing, or stands elsewhere, in\n%s", line, out)
		}
		rest = rest[at:]
	}
	if strings.Contains(string(out), "old") || !strings.HasSuffix(rest, "<!-- end -->\n```\n<!-- zproto this is an example -->\n<!-- end -->\n```\n") {
		t.Errorf("what is filled in, or not, is\n%s", out)
	}
	if got := strings.Join(slices.Sorted(maps.Keys(pictures)), " "); got != "lamp-hi.svg lamp-so-far.svg lamp.svg sign.svg" {
		t.Errorf("the pictures are %s", got)
	}
	if got := string(pictures["lamp.svg"]); got != "picture of States of lamp" {
		t.Errorf("the picture is %q", got)
	}
	again, _, err := zproto.Fill(filepath.Join(dir, "README.md"), out, draw)
	if err != nil || string(again) != string(out) {
		t.Errorf("filled in twice it is\n%s\n%v", again, err)
	}
}

func TestWrongBlocks(t *testing.T) {
	dir := fillIn(t)
	name := filepath.Join(dir, "README.md")
	for _, c := range []struct{ text, want string }{
		{"a\n<!-- zproto grammar lamp.xml -->\nb", "README.md:2:1: the block has no <!-- end -->"},
		{"<!-- zproto grammar lamp.xml -->\n<!-- zproto grammar lamp.xml -->", "README.md:2:1: the block of line 1 has no <!-- end --> before this one"},
		{"\n<!-- end -->", "README.md:2:1: <!-- end --> ends no block"},
		{"<!-- zproto grammar lamp.xml", "README.md:1:1: the line of a block ends with -->"},
		{"<!-- zproto grammar -->", "README.md:1:1: a block is <!-- zproto KIND [NAME] MODEL -->"},
		{"<!-- zproto song lamp.xml -->", `README.md:1:1: unknown kind "song" of a block: the kinds are grammar messages constants states listing layout diagram figure`},
		{"<!-- zproto grammar HI lamp.xml -->", `README.md:1:1: grammar takes no name, and this is "HI"`},
		{"<!-- zproto layout lamp.xml -->", "README.md:1:1: layout needs the name of a message: <!-- zproto layout NAME MODEL -->"},
		{"<!-- zproto layout BYE lamp.xml -->", `README.md:1:1: lamp.xml:1:1: the model has no message "BYE" to draw`},
		{"<!-- zproto diagram dark lamp.xml -->", `README.md:1:1: lamp.xml:1:1: the model has no state "dark" to draw`},
		{"<!-- zproto grammar wrong.xml -->", `README.md:1:1: wrong.xml:1:1: <class> needs the attribute "name"`},
		{"<!-- zproto figure ../../evil octets: a 1 -->", `README.md:1:1: "../../evil" is no name of a figure: it names a file beside the text`},
		{"<!-- zproto figure x octets 1 -->", `README.md:1:1: a figure is "octets:" or "bits:" and its parts: octets: version 1 | port 2`},
		{"<!-- zproto figure x octets: port -->", `README.md:1:1: "port" is no part of a figure: a part is a name and its size, from 1 to 65535`},
		{"<!-- zproto figure x octets: port 0 -->", `README.md:1:1: "port 0" is no part of a figure: a part is a name and its size, from 1 to 65535`},
		{"<!-- zproto figure bad octets: port 2 -->", `README.md:1:1: the picture "bad": out of ink`},
	} {
		_, _, err := zproto.Fill(name, []byte(c.text), draw)
		if got := strings.ReplaceAll(fmt.Sprint(err), dir+string(filepath.Separator), ""); got != c.want {
			t.Errorf("%s\ngives %v\nand not %s", c.text, got, c.want)
		}
	}
	_, _, err := zproto.Fill(name, []byte("\n\n<!-- zproto grammar none.xml -->"), draw)
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), name+":3:1: ") {
		t.Errorf("a missing model gives %v", err)
	}
}

func FuzzFill(f *testing.F) {
	f.Add([]byte("a\n<!-- zproto figure x octets: a 1 | b 2 -->\n<!-- end -->\n```\n<!-- end -->\n```\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		out, _, err := zproto.Fill("README.md", text, draw)
		if err != nil {
			return
		}
		again, _, err := zproto.Fill("README.md", out, draw)
		if err != nil || string(again) != string(out) {
			t.Errorf("%q is filled in as %q, and that as %q: %v", text, out, again, err)
		}
	})
}
