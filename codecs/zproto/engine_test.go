package zproto_test

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zproto"
)

const lampCodec = "github.com/zeromq/gozyre/codecs/machine/internal/lamp"

// TestEnginesAreUpToDate compares the engines that are committed with what the generator makes now.
func TestEnginesAreUpToDate(t *testing.T) {
	for _, c := range []struct {
		model, file string
		generate    func(*zproto.Class, zproto.EngineOptions) ([]byte, error)
	}{
		{"lampserver/lamp_server.xml", "lampserver/lamp_server_gen.go", zproto.ServerEngine},
		{"lampserver/lamp_server.xml", "lampserver/lamp_server_gen_test.go", zproto.Selftest},
		{"lampclient/lamp_client.xml", "lampclient/lamp_client_gen.go", zproto.ClientEngine},
	} {
		class, err := zproto.Load("../machine/internal/" + c.model)
		if err != nil {
			t.Fatal(err)
		}
		want, err := c.generate(class, zproto.EngineOptions{Package: filepath.Dir(c.model), Source: filepath.Base(c.model), Codec: lampCodec})
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("../machine/internal/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what %s gives now: run go generate ./...", c.file, c.model)
		}
	}
}

func load(t *testing.T, model string) *zproto.Class {
	t.Helper()
	class, err := zproto.Parse("m.xml", []byte(model))
	if err != nil {
		t.Fatal(err)
	}
	return class
}

var engineOptions = zproto.EngineOptions{Package: "p", Source: "m.xml", Codec: "example.org/lamp"}

// A handler that somebody forgets is an error of the compiler, which names it.
func TestMissingAction(t *testing.T) {
	class, err := zproto.Load("../machine/internal/lampserver/lamp_server.xml")
	if err != nil {
		t.Fatal(err)
	}
	engine, err := zproto.ServerEngine(class, zproto.EngineOptions{Package: "p", Source: "m.xml", Codec: lampCodec})
	if err != nil {
		t.Fatal(err)
	}
	hand, err := os.ReadFile("../machine/internal/lampserver/actions.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	source := importer.ForCompiler(fset, "source", nil)
	check := func(hand string) string {
		var files []*ast.File
		for name, text := range map[string]string{"engine.go": string(engine), "hand.go": strings.Replace(hand, "package lampserver", "package p", 1)} {
			f, err := parser.ParseFile(fset, name, text, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		if _, err := (&types.Config{Importer: source}).Check("p", fset, files, nil); err != nil {
			return err.Error()
		}
		return ""
	}
	if text := check(string(hand)); text != "" {
		t.Errorf("all actions are there, but: %s", text)
	}
	without := strings.Replace(string(hand), ") SetLamp(", ") Other(", 1)
	if text := check(without); !strings.Contains(text, "missing method SetLamp") {
		t.Errorf("an action is missing, and the compiler says %q", text)
	}
	for _, s := range class.States {
		if strings.Contains(string(hand), `"`+s.Name+`"`) || strings.Contains(string(hand), "state") {
			t.Errorf("the hand-written code knows the state %q", s.Name)
		}
	}
}

// Names that differ in the model but not in Go, and names that Go has other uses for.
func TestEngineNames(t *testing.T) {
	_, err := zproto.ClientEngine(load(t, `<class name="c" engine="client"><message name="M" id="1"/>
<state name="a b"><event name="x" next="a-b"><action name="do it"/></event></state>
<state name="a-b"><event name="close" next="a b"/><event name="x-y" next="a b"/><event name="x y" next="a b"><action name="do-it"/></event></state>
<method name="close"/>
<method name="x"><argument name="n-1" type="data"/><argument name="n_1" type="data"/></method></class>`), engineOptions)
	want := `m.xml:3:1: state "a-b" would be called AB in Go, as state "a b" is: rename one
m.xml:3:81: event "x y" would be called XY in Go, as event "x-y" is: rename one
m.xml:3:110: action "do-it" would be called DoIt in Go, as action "do it" is: rename one
m.xml:4:1: method "close" would be called Close in Go, as a method of every client is: rename one
m.xml:5:52: argument "n_1" would be called N1 in Go, as argument "n-1" is: rename one`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	src, err := zproto.ClientEngine(load(t, `<class name="c" engine="client"><message name="M" id="1"/><state name="func"><event name="go" next="func"/></state>
<method name="go"><argument name="now" type="number"/><argument name="func" type="string"/><argument name="machine" type="data"/><argument name="ID card" type="dictionary"/></method></class>`), engineOptions)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Go(now time.Time, now_ uint64, func_ string, machine_ []byte, idCard map[string]string)"; !strings.Contains(string(src), want) {
		t.Errorf("%s\nhas not %s", src, want)
	}
}

func TestEngineOfTheWrongKind(t *testing.T) {
	const events = `<message name="M" id="1"/><state name="a"><event name="M" next="a"/></state></class>`
	server, client := load(t, `<class name="c" engine="server">`+events), load(t, `<class name="c" engine="client">`+events)
	messages := load(t, `<class name="c"><message name="M" id="1"/></class>`)
	for what, f := range map[string]func() ([]byte, error){
		"c: the model is not of a server: it needs <class engine=\"server\"> and states": func() ([]byte, error) { return zproto.ServerEngine(client, engineOptions) },
		"c: the model is not of a client: it needs <class engine=\"client\"> and states": func() ([]byte, error) { return zproto.ClientEngine(messages, engineOptions) },
		"c: the model has no <selftest>":                                                 func() ([]byte, error) { return zproto.Selftest(server, engineOptions) },
		`"a b" is no name for a Go package`: func() ([]byte, error) {
			return zproto.ServerEngine(server, zproto.EngineOptions{Package: "a b", Codec: "x"})
		},
		`"x/a-b" is no import path of a codec`: func() ([]byte, error) {
			return zproto.ServerEngine(server, zproto.EngineOptions{Package: "p", Codec: "x/a-b"})
		},
		"\"x\\\"/y\" is no import path of a codec": func() ([]byte, error) {
			return zproto.ServerEngine(server, zproto.EngineOptions{Package: "p", Codec: `x"/y`})
		},
	} {
		if got, err := f(); err == nil || err.Error() != what || got != nil {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}

// FuzzEngine gives the engines any model that Parse accepts: it becomes Go, unless names meet.
func FuzzEngine(f *testing.F) {
	for _, name := range []string{"lampserver/lamp_server.xml", "lampclient/lamp_client.xml"} {
		engine, err := os.ReadFile("../machine/internal/" + name)
		if err != nil {
			f.Fatal(err)
		}
		lamps, err := os.ReadFile("../machine/internal/lamp/lamp_msg.xml")
		if err != nil {
			f.Fatal(err)
		}
		_, messages, _ := strings.Cut(string(lamps), "</header>") // a model that is no file includes none
		messages, _, _ = strings.Cut(messages, "</class>")
		f.Add([]byte(strings.Replace(string(engine), `<include file="../lamp/lamp_msg.xml"/>`, messages, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		class, err := zproto.Parse("m.xml", data)
		if err != nil || class.Engine == zproto.NoEngine {
			return
		}
		generate := zproto.ServerEngine
		if class.Engine == zproto.Client {
			generate = zproto.ClientEngine
		}
		if _, err := generate(class, engineOptions); err != nil && !strings.HasPrefix(err.Error(), "m.xml:") {
			t.Fatal(err)
		}
		if len(class.Selftest) > 0 {
			if _, err := zproto.Selftest(class, engineOptions); err != nil && !strings.HasPrefix(err.Error(), "m.xml:") {
				t.Fatal(err)
			}
		}
	})
}
