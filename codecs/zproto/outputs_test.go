package zproto_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/zeromq/gozyre/codecs/zproto"
)

var update = flag.Bool("update", false, "write the answers in testdata anew")

// outputs are all texts that models become, beside code and vectors.
var outputs = []struct {
	name string
	make func(*zproto.Class) ([]byte, error)
}{
	{"abnf", func(c *zproto.Class) ([]byte, error) { return zproto.ABNF(c, zproto.ABNFOptions{}) }},
	{"abnf-exact", func(c *zproto.Class) ([]byte, error) { return zproto.ABNF(c, zproto.ABNFOptions{Exact: 3, Count: 2}) }},
	{"messages", zproto.MessageTables},
	{"constants", zproto.ConstantTable},
	{"states", zproto.StateTables},
	{"listing", zproto.Listing},
	{"diagram", func(c *zproto.Class) ([]byte, error) { return described(zproto.StateDiagram(c, "")) }},
	{"diagram-lit", func(c *zproto.Class) ([]byte, error) { return described(zproto.StateDiagram(c, "lit")) }},
	{"layout-hello", func(c *zproto.Class) ([]byte, error) { return described(zproto.MessageLayout(c, "HELLO")) }},
	{"layout-sorry", func(c *zproto.Class) ([]byte, error) { return described(zproto.MessageLayout(c, "SORRY")) }},
}

// described is a picture as one text.
func described(p zproto.Picture, err error) ([]byte, error) {
	return []byte(p.Title + "\n" + p.Desc + "\n" + string(p.Dot)), err
}

// TestLamp compares what a small model becomes with what a person has read.
func TestLamp(t *testing.T) {
	const name = "testdata/lamp.txtar"
	want, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := zproto.Parse("model.xml", want.Files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	got := &txtar.Archive{Comment: want.Comment, Files: want.Files[:1:1]}
	for _, o := range outputs {
		text, err := o.make(c)
		if err != nil {
			text = []byte("error: " + err.Error() + "\n")
		}
		got.Files = append(got.Files, txtar.File{Name: o.name, Data: text})
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(got.Files) != len(want.Files) {
		t.Fatalf("%s has %d texts, and there are %d", name, len(want.Files), len(got.Files))
	}
	for i, w := range want.Files {
		if g := got.Files[i]; g.Name != w.Name || !bytes.Equal(g.Data, w.Data) {
			t.Errorf("%s is\n%s\nand not\n%s", w.Name, g.Data, w.Data)
		}
	}
}

// legal fails unless a grammar obeys RFC 5234 and is complete: then it can be the conversation of a model that has nothing
// else to say.
func legal(tb testing.TB, grammar []byte) {
	tb.Helper()
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(string(grammar))
	model := `<class name="c"><grammar>` + "\n" + escaped + `</grammar><message name="nobody-says-this" id="1"/></class>`
	if _, err := zproto.Parse("grammar", []byte(model)); err != nil {
		tb.Errorf("%v\nin\n%s", err, grammar)
	}
}

// everything makes all outputs of a class.
func everything(tb testing.TB, c *zproto.Class) {
	tb.Helper()
	for _, o := range outputs {
		text, err := o.make(c)
		if err == nil && len(text) == 0 {
			tb.Errorf("%s is empty", o.name)
		}
		if err == nil && strings.HasPrefix(o.name, "abnf") && len(text) < 1<<19 {
			legal(tb, text)
		}
	}
	_, err := zproto.Lua([]*zproto.Class{c})
	namesakes := err != nil && strings.Contains(err.Error(), " in Wireshark, as ") // TestLuaNames
	if (err == nil) != (c.Signature >= 0) && !namesakes {
		tb.Errorf("a dissector of a class of signature %d: %v", c.Signature, err)
	}
	for _, m := range c.Messages {
		if _, err := zproto.MessageLayout(c, m.Name); err != nil {
			tb.Error(err)
		}
	}
	for _, s := range c.States {
		if _, err := zproto.StateDiagram(c, s.Name); err != nil {
			tb.Error(err)
		}
	}
}

// TestModels makes everything of every model there is. The generator must not keep anybody waiting: a second for all models
// is what it may take where nothing else runs.
func TestModels(t *testing.T) {
	begin := time.Now()
	for _, name := range models(t) {
		c, err := zproto.Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		everything(t, c)
		if _, err := zproto.Go(c, zproto.GoOptions{Package: "p", Source: "m.xml"}); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d models in %v", len(models(t)), time.Since(begin))
}

func FuzzOutputs(f *testing.F) {
	for _, name := range models(f) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	lamp, err := txtar.ParseFile("testdata/lamp.txtar")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(lamp.Files[0].Data)
	f.Add([]byte(`<class name="namesakes" signature="1"><message name="X" id="1"><field name="f" type="uuid"/><field name="F" type="uuid"/></message></class>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := zproto.Parse("fuzz.xml", data)
		if err != nil {
			return
		}
		everything(t, c)
	})
}
