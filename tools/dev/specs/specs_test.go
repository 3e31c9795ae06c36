package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

const model = `<class name="lamp" signature="1" engine="server">
  <message name="DIM" id="1"><field name="level" type="number" size="1"/></message>
  <state name="dark"><event name="DIM"><action name="send" message="DIM"/></event></state>
</class>`

// folder gives a folder of specifications with one called lamp, and its name.
func folder(t *testing.T, text string) (dir, readme string) {
	t.Helper()
	dir = t.TempDir()
	readme = filepath.Join(dir, "lamp", "README.md")
	if err := os.Mkdir(filepath.Dir(readme), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{readme: text, filepath.Join(dir, "lamp.xml"): model} {
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, readme
}

func specs(t *testing.T, folders ...string) (int, string) {
	t.Helper()
	var stderr bytes.Buffer
	return run(t.Context(), folders, &stderr), stderr.String()
}

// TestSpecs fills in a specification twice: what is in it is not read, and the same comes out.
func TestSpecs(t *testing.T) {
	dir, readme := folder(t, "# Lamp\n<!-- zproto grammar ../lamp.xml -->\n<!-- end -->\n<!-- zproto diagram dark ../lamp.xml -->\n<!-- end -->\n")
	picture := filepath.Join(dir, "lamp", "lamp-dark.svg")
	var texts [2][]byte
	for i := range texts {
		if code, stderr := specs(t, dir); code != 0 || stderr != "" {
			t.Fatalf("it exits with %d: %s", code, stderr)
		}
		for _, name := range []string{readme, picture} {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = append(texts[i], data...)
		}
		if err := os.Remove(picture); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Errorf("the second run gives\n%s\nand the first gave\n%s", texts[1], texts[0])
	}
	if !bytes.Contains(texts[0], []byte("![The state dark of lamp](lamp-dark.svg)\n<!-- end -->\n")) {
		t.Errorf("the picture is not shown in\n%s", texts[0])
	}
}

// TestMistakes: a specification with a mistake stays as it is.
func TestMistakes(t *testing.T) {
	const text = "<!-- zproto grammar ../lamp.xml -->\n<!-- end -->\n<!-- zproto song ../lamp.xml -->\n<!-- end -->\n"
	dir, readme := folder(t, text)
	if code, stderr := specs(t, dir); code != 1 || !strings.HasPrefix(stderr, readme+":3:1: unknown kind") {
		t.Errorf("it exits with %d: %s", code, stderr)
	}
	if data, err := os.ReadFile(readme); err != nil || string(data) != text {
		t.Errorf("it is now\n%s\n%v", data, err)
	}
	if code, stderr := specs(t, t.TempDir()); code != 1 || !strings.Contains(stderr, "no folder in it has a README.md") {
		t.Errorf("without specifications it exits with %d: %s", code, stderr)
	}
	if code, _ := specs(t); code != 2 {
		t.Errorf("without folders it exits with %d", code)
	}
}

// TestCommitted: the pictures that are committed are well-formed, have a title and a description, and every colour in them has
// a dark counterpart: drawing fails if not, and so would this for a picture that somebody else has put there.
func TestCommitted(t *testing.T) {
	names, err := filepath.Glob("../../../rfcs/*/*.svg")
	if err != nil || len(names) < 5 {
		t.Fatalf("there are the pictures %q: %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		checkSVG(t, name, data)
	}
}

func checkSVG(t *testing.T, name string, data []byte) {
	t.Helper()
	texts := map[string]string{}
	last := ""
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			last = tok.Name.Local
			for _, a := range tok.Attr {
				if (a.Name.Local == "fill" || a.Name.Local == "stroke") && a.Value != "none" && dark[a.Value] == "" {
					t.Errorf("%s: the colour %s of <%s> has no dark counterpart", name, a.Value, last)
				}
			}
		case xml.EndElement:
			last = ""
		case xml.CharData:
			if last != "" {
				texts[last] += string(tok)
			}
		}
	}
	if n := bytes.Count(data, []byte("<title")); n != 1 {
		t.Errorf("%s has %d titles: browsers show those of its parts as tips", name, n)
	}
	if texts["title"] == "" || texts["desc"] == "" || !strings.Contains(texts["style"], "prefers-color-scheme: dark") {
		t.Errorf("%s has no title, no description or no style for the dark: %q", name, texts)
	}
}

// TestDraw: a picture that Graphviz does not understand, and one with a colour of its own, are errors.
func TestDraw(t *testing.T) {
	draw, err := newArtist(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer draw.Close()
	for _, dot := range []string{"digraph {", `digraph { a [color="#123456"] }`, ""} {
		if svg, err := draw.SVG(zproto.Picture{Title: "t", Desc: "d", Dot: []byte(dot)}); err == nil {
			t.Errorf("%q is drawn as\n%s", dot, svg)
		}
	}
	p, err := zproto.Figure("<lamp> & co", `octets: "a&b" 2 | <c> 300`)
	if err != nil {
		t.Fatal(err)
	}
	svg, err := draw.SVG(p)
	if err != nil {
		t.Fatal(err)
	}
	checkSVG(t, "figure", svg)
	if !bytes.Contains(svg, []byte(`>&quot;a&amp;b&quot;<`)) || !bytes.Contains(svg, []byte("&lt;c&gt;<")) {
		t.Errorf("the texts are not what they were in\n%s", svg)
	}
}
