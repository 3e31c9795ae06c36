package zproto_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// TestExamples compares what is committed with what the templates make now.
func TestExamples(t *testing.T) {
	for _, name := range []string{"presentation.md", "table.sql"} {
		got, err := example(strings.TrimSuffix(strings.TrimSuffix(name, ".md"), ".sql"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("examples/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its template makes of its model: run go generate", name)
		}
	}
}

func example(name string) ([]byte, error) {
	tmpl, err := os.ReadFile("examples/" + name + ".tmpl")
	if err != nil {
		return nil, err
	}
	tree, err := zproto.LoadTree("examples/" + name + ".xml")
	if err != nil {
		return nil, err
	}
	return zproto.Template(name+".tmpl", string(tmpl), tree)
}

// TestSQL lets SQLite do what the example says.
func TestSQL(t *testing.T) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no sqlite3 here, and CI must have it")
		}
		t.Skip("there is no sqlite3 here")
	}
	sql, err := example("table")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sqlite3", "-batch", "-bail", ":memory:")
	cmd.Stdin = bytes.NewReader(sql)
	out, err := cmd.CombinedOutput()
	const want = "Code Connected|Pieter Hintjens|300|29.95\nThe Baker's \"Year\"|O'Malley|180|\n"
	if err != nil || strings.ReplaceAll(string(out), "\r\n", "\n") != want {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTemplate(t *testing.T) {
	tree, err := zproto.ParseTree("x.xml", []byte("<a x=\"1\" ns:y='2'>\n one <b/> two\n <b k=\"v\">  </b><c>&lt;</c></a>"))
	if err != nil {
		t.Fatal(err)
	}
	lamp, err := zproto.Parse("m.xml", []byte(`<class name="c"><message name="HI" id="7"><field name="f" type="uuid"/></message></class>`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		data any
		want string
	}{
		{`{{.Name}} {{.Attr "x"}}{{.Attr "ns:y"}}{{.Attr "z"}} {{.Has "x"}} {{.Has "z"}} {{.Text}}|{{len .Children}} {{len (.All "b")}} {{(.First "c").Text}}`, tree, "a 12 true false one two|3 2 <"},
		{`{{range .All "b"}}{{.Line}}:{{.Col}} {{end}}{{with .First "no"}}x{{else}}none{{end}}`, tree, "2:6 3:2 none"},
		{`{{range .Messages}}{{.Name}} {{.ID}} {{range .Fields}}{{.Name}}: {{.Type}} {{.Size}}{{end}}{{end}}`, lamp, "HI 7 f: uuid 16"},
		{`{{upper "ä"}} {{lower "ÄB"}} {{capital "éa"}}{{capital ""}} {{trim " x "}} {{replace "a-b" "-" "_"}} {{join (split "a,b" ",") "+"}}`, nil, "Ä äb Éa x a_b a+b"},
		{"{{quote \"a\\\"\\n\"}} {{goname \"ping-ok\"}} {{md \"a|<b>*`&\"}} {{sqlname `a\"b`}} {{sqltext \"o'x\\x00\"}} {{add 2 3}}", nil, "\"a\\\"\\n\" PingOK a\\|\\<b>\\*\\`\\& \"a\"\"b\" 'o''x' 5"},
		{`{{fail (.First "c") "no c, please"}}`, tree, "error: x.xml:3:17: no c, please"},
		{`{{fail (index .Messages 0) "no"}}`, lamp, "error: m.xml:1:17: no"},
		{"x\n{{.Name", tree, "error: t.tmpl:2: unclosed action"},
		{"x\n {{.Nothing}}", tree, "error: t.tmpl:2:3: executing \"t.tmpl\" at <.Nothing>: can't evaluate field Nothing in type *zproto.Element"},
		{`{{range $i := 2000000}}` + strings.Repeat("12345678", 8) + `{{end}}`, nil, "error: the output has more than 16 MiB: does the template repeat itself?"},
		{strings.Repeat(" ", 1<<20+1), nil, "error: t.tmpl:1:1: the template has more than 1 MiB"},
	} {
		out, err := zproto.Template("t.tmpl", c.text, c.data)
		got := string(out)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%.200s\ngives %.200q\nand not %.200q", c.text, got, c.want)
		}
	}
}

func TestWrongTrees(t *testing.T) {
	deep := strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300)
	for _, c := range []struct{ xml, want string }{
		{"", "x.xml:1:1: XML is one element with everything in it: 0 elements stand side by side"},
		{"<a/>\n<b/>", "x.xml:1:1: XML is one element with everything in it: 2 elements stand side by side"},
		{"<a/>\nb", "x.xml:1:5: there is text outside of all elements"},
		{"<a>\n <b></a>", "x.xml:2:5: </a> closes no open element: the innermost one is <b>"},
		{"</a>", "x.xml:1:1: </a> closes no open element"},
		{"<a>\n <b>", "x.xml:2:2: <b> is never closed"},
		{"<a b></a>", "x.xml:1:6: not well-formed XML: attribute name without = in element"},
		{"<a>&x;</a>", "x.xml:1:7: not well-formed XML: invalid character entity &x;"},
		{deep, "x.xml:1:769: <a> is nested too deep: 256 levels are the most"},
		{"<a>" + strings.Repeat(" ", 1<<20) + "</a>", "x.xml:1:1: the file has more than 1 MiB"},
	} {
		if _, err := zproto.ParseTree("x.xml", []byte(c.xml)); err == nil || err.Error() != c.want {
			t.Errorf("%.50s\ngives %v\nand not %s", c.xml, err, c.want)
		}
	}
	if _, err := zproto.LoadTree("examples/none.xml"); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := zproto.ParseTree("x.xml", []byte("<?xml version='1.0'?><!DOCTYPE a><!-- c --><a/>")); err != nil {
		t.Error(err)
	}
}

// FuzzTemplate has any template, and any XML.
func FuzzTemplate(f *testing.F) {
	for _, name := range []string{"presentation", "table"} {
		tmpl, err := os.ReadFile("examples/" + name + ".tmpl")
		if err != nil {
			f.Fatal(err)
		}
		xml, err := os.ReadFile("examples/" + name + ".xml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(tmpl), xml)
	}
	f.Add(`{{range .Children}}{{.Attr "x"}}{{.Raw}}{{fail . "x"}}{{end}}`, []byte("<a><b/></a>"))
	f.Fuzz(func(t *testing.T, tmpl string, xml []byte) {
		tree, err := zproto.ParseTree("x.xml", xml)
		if err != nil {
			return
		}
		if strings.ContainsAny(tmpl, "0123456789") {
			return // counting to a large number takes its time, and is not what this looks for
		}
		_, _ = zproto.Template("t.tmpl", tmpl, tree)
	})
}
