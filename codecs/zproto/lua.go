package zproto

import (
	"bytes"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"
)

// luaParts are what is written by hand of a dissector: how messages are read, ZMTP, and the beacon of ZRE.
//
//go:embed lua.tmpl lua/*.lua
var luaParts embed.FS

var luaFile = template.Must(template.New("lua.tmpl").Funcs(template.FuncMap{"lua": luaQuote}).ParseFS(luaParts, "lua.tmpl"))

// beaconOf is the class whose peers find each other by beacons, which have no model.
const beaconOf = "zre_msg"

// Lua gives the source of a dissector for Wireshark, in Lua, of the messages of all classes, as ZMTP carries them over
// TCP. Wireshark has one file of this kind at most, so it is made for all protocols that are to be seen. A protocol is
// known by its signature; of two that have the same, a connection shows the first that its messages fit. Its name, for
// filters, is that of the class without "_msg"; a field is NAME.FIELD. Where there are constants NAME-A, NAME-B
// for a field called name, its values are shown as A and B.
//
// Errors, joined [*Error] values, are classes that no signature tells from anything else, and names that come out the same.
func Lua(classes []*Class) ([]byte, error) {
	if len(classes) == 0 {
		return nil, errors.New("a dissector needs a model at least")
	}
	v := luaView{}
	errs, taken := []error{}, map[string]string{"zeromq": "ZMTP", "zre-beacon": "the beacon"}
	var sources, names []string
	for _, c := range classes {
		p, err := newLuaProtocol(c)
		if first, double := taken[p.Filter]; double {
			err = errors.Join(err, c.errorf("class %q would be called %q in Wireshark, as %s is: rename one", c.Name, p.Filter, first))
		}
		errs, taken[p.Filter] = append(errs, err), "class "+fmt.Sprintf("%q", c.Name)
		if c.Name == beaconOf {
			v.Beacon = luaPart("beacon")
		}
		v.Protocols = append(v.Protocols, p)
		sources, names = append(sources, filepath.Base(c.File)), append(names, p.Short)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	v.Sources, v.Names = strings.Join(sources, ", "), strings.Join(names, ", ")
	v.Message, v.ZMTP = luaPart("message"), luaPart("zmtp")+"\n"+luaPart("show")
	var out bytes.Buffer
	if err := luaFile.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("the Lua template failed: %w", err)
	}
	return out.Bytes(), nil
}

func luaPart(name string) string {
	text, err := luaParts.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// luaView is what the template sees.
type luaView struct {
	Sources, Names        string
	Message, ZMTP, Beacon string
	Protocols             []*luaProtocol
}

type luaProtocol struct {
	*Class
	Filter   string // the name in filters
	Short    string // the name in the list of packets
	Header   []*luaField
	Messages []*luaMessage
}

// Sign gives the two octets that begin each message.
func (p *luaProtocol) Sign() string {
	return string(binary.BigEndian.AppendUint16(nil, p.SignatureValue()))
}

// Describe gives the name of the protocol in a tree, which no other protocol of Wireshark may have.
func (p *luaProtocol) Describe() string {
	if p.Title == "" {
		return p.Name
	}
	return oneLine(p.Title) + " (" + p.Name + ")"
}

type luaMessage struct {
	*Message
	Fields []*luaField
}

type luaField struct {
	*Field
	Values []*luaValue // what numbers mean
}

type luaValue struct {
	Number uint64
	Name   string
}

// Kind gives the type.
func (f *luaField) Kind() string { return string(f.Type) }

// Doc gives the documentation, or nothing.
func (f *luaField) Doc() string { return oneLine(f.Field.Doc) }

// Octets gives the fixed value as it is on the wire, without its length.
func (f *luaField) Octets() string {
	if f.Type != Number {
		return f.Value
	}
	return string(binary.BigEndian.AppendUint64(nil, f.Number)[8-f.Size:])
}

func newLuaProtocol(c *Class) (*luaProtocol, error) {
	p := &luaProtocol{Class: c, Filter: strings.ToLower(strings.TrimSuffix(c.Name, "_msg"))}
	p.Short, _, _ = strings.Cut(oneLine(c.Title), ":")
	if p.Short == "" || len(p.Short) > 20 {
		p.Short = strings.ToUpper(p.Filter)
	}
	var errs []error
	if c.Signature < 0 {
		errs = append(errs, c.errorf("the class has no signature, so a dissector cannot tell its messages from others"))
	}
	lower := map[string]string{}
	for _, f := range c.Fields() {
		low := strings.ToLower(f.Name)
		if first, there := lower[low]; there && first != f.Name {
			errs = append(errs, f.errorf("field %q would be called %q in Wireshark, as field %q is: rename one", f.Name, low, first))
		}
		lower[low] = f.Name
	}
	for _, f := range c.Header {
		p.Header = append(p.Header, newLuaField(c, f))
	}
	for _, m := range c.Messages {
		message := &luaMessage{Message: m}
		for _, f := range m.Fields {
			message.Fields = append(message.Fields, newLuaField(c, f))
		}
		p.Messages = append(p.Messages, message)
	}
	return p, errors.Join(errs...)
}

// newLuaField finds the names of a number's values: the constants that begin with the field's name.
func newLuaField(c *Class, f *Field) *luaField {
	l := &luaField{Field: f}
	seen := map[uint64]bool{}
	for _, d := range c.Defines {
		name, of := strings.CutPrefix(d.Name, strings.ToUpper(f.Name)+"-")
		if of && name != "" && f.Type == Number && f.Size <= 4 && !d.IsText && d.Number < 1<<(8*f.Size) && !seen[d.Number] {
			seen[d.Number] = true
			l.Values = append(l.Values, &luaValue{d.Number, name})
		}
	}
	return l
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// luaQuote writes a text of Lua: in ASCII, whatever is in it.
func luaQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\%03d`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}
