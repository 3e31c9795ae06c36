package zproto_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// models are all models of the folders below codecs.
func models(tb testing.TB) []string {
	tb.Helper()
	var list []string
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == "testdata", d.Name() == "examples": // other languages
			return filepath.SkipDir
		case filepath.Ext(name) == ".xml":
			list = append(list, name)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(list) < 12 {
		tb.Fatalf("found models %q only", list)
	}
	return list
}

// TestGeneratedIsUpToDate compares what is committed with what the generator makes now.
func TestGeneratedIsUpToDate(t *testing.T) {
	for _, name := range models(t) {
		class, err := zproto.Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if class.Engine != zproto.NoEngine {
			continue // its codec is made from what it includes
		}
		dir, base := filepath.Split(name)
		want, err := zproto.Go(class, zproto.GoOptions{Package: filepath.Base(dir), Source: base})
		if err != nil {
			t.Error(err)
			continue
		}
		file := strings.TrimSuffix(name, ".xml") + "_gen.go"
		got, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what %s gives now: run go generate ./...", file, name)
		}
	}
}

// Names that differ in the model but not in Go.
func TestNamesThatMeet(t *testing.T) {
	class, err := zproto.Parse("m.xml", []byte(`<class name="c">
<define name="message" value="1"/><define name="handler" value="1"/>
<message name="A-B" id="1"><field name="x_y" type="uuid"/><field name="id" type="uuid"/></message>
<message name="a_b" id="2"><field name="x-y" type="uuid"/><field name="append" type="uuid"/><field name="parse-as" type="uuid"/></message></class>`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = zproto.Go(class, zproto.GoOptions{Package: "p", Source: "m.xml"})
	want := `m.xml:2:1: define "message" would be called Message in Go, as the type Message is: rename one
m.xml:2:35: define "handler" would be called Handler in Go, as the type Handler is: rename one
m.xml:3:59: field "id" would be called ID in Go, as the number of the message is: rename one
m.xml:4:28: field "x-y" would be called XY in Go, as field "x_y" is: rename one
m.xml:4:59: field "append" would be called Append in Go, as a method is: rename one
m.xml:4:93: field "parse-as" would be called ParseAs in Go, as a method is: rename one
m.xml:4:1: message "a_b" would be called IDAB in Go, as message "A-B" is: rename one`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Text that Go would refuse even in a comment.
func TestByteOrderMark(t *testing.T) {
	class, err := zproto.Parse("m.xml", []byte("<class name='c'><message name='M' id='1'>a\ufeffb</message></class>"))
	if err != nil {
		t.Fatal(err)
	}
	src, err := zproto.Go(class, zproto.GoOptions{Package: "p", Source: "m.xml"})
	if err != nil || !strings.Contains(string(src), "// IDM is M. ab\n") {
		t.Errorf("got %v\n%s", err, src)
	}
}

func TestPackageName(t *testing.T) {
	for _, name := range []string{"", "a b", "func", "a\nb"} {
		if _, err := zproto.Go(&zproto.Class{}, zproto.GoOptions{Package: name}); err == nil {
			t.Errorf("package %q is accepted", name)
		}
	}
}

// FuzzModel gives Parse anything. A model that it accepts becomes Go, unless names meet.
func FuzzModel(f *testing.F) {
	for _, name := range models(f) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("<class name='c'><message\nname='M' id='1'><field name=\"f\" type='hash'>x<!-- y --></field></message></class>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		class, err := zproto.Parse("m.xml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "m.xml:") {
				t.Fatalf("%v has no place", err)
			}
			return
		}
		_, err = zproto.Go(class, zproto.GoOptions{Package: "p", Source: "m.xml"})
		if err != nil && !strings.HasPrefix(err.Error(), "m.xml:") {
			t.Fatal(err)
		}
	})
}

func ExampleGo() {
	class, err := zproto.Parse("lamp.xml", []byte(`<class name="lamp" signature="9">
  <message name="DIM" id="1">
    Sets the brightness.
    <field name="level" type="number" size="1">From 0 to 255.</field>
  </message>
</class>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := zproto.Go(class, zproto.GoOptions{Package: "lamp", Source: "lamp.xml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// The part that writes a DIM message.
	_, part, _ := strings.Cut(string(src), "func (m *Message) Append(")
	part, _, _ = strings.Cut(part, "\tdefault:")
	fmt.Println(part)
	// Output:
	// dst []byte) ([]byte, error) {
	// 	b := dst
	// 	var err error
	// 	b = wire.AppendNumber2(b, 0xAAA9)
	// 	b = wire.AppendNumber1(b, uint8(m.ID))
	// 	switch m.ID {
	// 	case IDDim:
	// 		b = wire.AppendNumber1(b, m.Level)
}
