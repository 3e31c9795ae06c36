package zproto

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func (p Pos) errorf(format string, args ...any) *Error {
	return &Error{p.File, p.Line, p.Col, fmt.Sprintf(format, args...)}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// Parse reads a model that includes no other and checks it. The name of the file stands in errors only. What it returns
// is either a class that obeys all rules of the package documentation, or an error that joins one [*Error] for each mistake.
func Parse(file string, data []byte) (*Class, error) { return parse(file, data, nil) }

// Load reads the model in a file, and those that it includes, as [Parse] does.
func Load(file string) (*Class, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	return parse(file, data, func(name string) (string, []byte, error) {
		path := filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
		data, err := readFile(path)
		return path, data, err
	})
}

// readFile reads no more than shows that the file is too large.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}

func parse(file string, data []byte, open func(string) (string, []byte, error)) (*Class, error) {
	root, err := readTree(file, data)
	if err != nil {
		return nil, err
	}
	p := parser{open: open}
	c := p.class(root)
	if len(p.errs) == 0 {
		p.check(c)
	}
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *Error) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Col - b.Col
		})
		list := make([]error, 0, MaxErrors)
		for _, e := range p.errs[:min(len(p.errs), MaxErrors)] {
			list = append(list, e)
		}
		return nil, errors.Join(list...)
	}
	return c, nil
}

// parser turns the tree into the model and collects mistakes.
type parser struct {
	errs    []*Error
	defines map[string]*Define
	open    func(name string) (path string, data []byte, err error) // reads an included file; nil: none may be included
}

func (p *parser) errorf(at Pos, format string, args ...any) {
	p.errs = append(p.errs, at.errorf(format, args...))
}

// attrs gives the attributes of n by name. Unknown ones, doubled ones and those required but missing are mistakes.
func (p *parser) attrs(n *node, required, optional []string) map[string]attr {
	got := map[string]attr{}
	for _, a := range n.attrs {
		known := append(slices.Clone(required), optional...)
		if !slices.Contains(known, a.name) {
			p.errorf(a.Pos, "<%s> has no attribute %q: it takes %s", n.name, a.name, strings.Join(known, ", "))
			continue
		}
		if _, double := got[a.name]; double {
			p.errorf(a.Pos, "attribute %q is given twice", a.name)
			continue
		}
		got[a.name] = a
	}
	for _, name := range required {
		if _, ok := got[name]; !ok {
			p.errorf(n.Pos, "<%s> needs the attribute %q", n.name, name)
		}
	}
	return got
}

// name gives the attribute name, which must be a word.
func (p *parser) name(n *node, attrs map[string]attr) string {
	a, ok := attrs["name"]
	if !ok {
		return ""
	}
	if !isName(a.value) {
		p.errorf(a.Pos, "%q is no name: a name is a letter, then letters, digits, \"-\" and \"_\", at most 64 in all", a.value)
	}
	return a.value
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '_') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// number gives an attribute that is a decimal number of least…most; what names it in the error.
func (p *parser) number(a attr, least, most uint64, what string) uint64 {
	v, err := strconv.ParseUint(a.value, 10, 64)
	if err != nil || v < least || v > most {
		p.errorf(a.Pos, "%s is a decimal number from %d to %d, not %q", what, least, most, a.value)
		return least
	}
	return v
}

func (p *parser) class(n *node) *Class {
	c := &Class{Pos: n.Pos, Doc: n.text, Signature: -1, Wire: 2, Layout: Binary}
	if n.name != "class" {
		p.errorf(n.Pos, "a model is one <class> element, not <%s>", n.name)
		return c
	}
	attrs := p.attrs(n, []string{"name"}, []string{"title", "signature", "wire", "layout", "engine"})
	c.Name = p.name(n, attrs)
	c.Title = attrs["title"].value
	p.kinds(c, attrs)
	p.defines = map[string]*Define{}
	for _, child := range n.nodes {
		if child.name == "include" {
			p.include(c, child, attrs)
		}
	}
	for _, child := range n.nodes {
		p.element(c, child)
	}
	if len(c.Messages) == 0 && len(p.errs) == 0 {
		p.errorf(n.Pos, "the class has no <message>")
	}
	if !c.Numbered() {
		for i, m := range c.Messages {
			m.ID = uint8(min(i+1, 255))
		}
	}
	return c
}

// kinds reads what the class says of the whole protocol.
func (p *parser) kinds(c *Class, attrs map[string]attr) {
	if a, ok := attrs["wire"]; ok {
		c.Wire = int(p.number(a, 1, 2, "the version of the encoding"))
	}
	if a, ok := attrs["layout"]; ok {
		c.Layout = Layout(a.value)
		if c.Layout != Binary && c.Layout != Frames {
			p.errorf(a.Pos, "a layout is \"binary\" or \"frames\", not %q", a.value)
		}
	}
	if a, ok := attrs["signature"]; ok {
		c.Signature = int(p.number(a, 0, 15, "a signature"))
		if c.Layout == Frames {
			p.errorf(a.Pos, "the layout frames has no signature")
		}
	}
	if a, ok := attrs["engine"]; ok {
		c.Engine = Engine(a.value)
		if c.Engine != Server && c.Engine != Client {
			p.errorf(a.Pos, "an engine is \"server\" or \"client\", not %q", a.value)
		}
	}
}

// element reads a child of the class.
func (p *parser) element(c *Class, n *node) {
	switch n.name {
	case "include": // read before
	case "define":
		c.Defines = append(c.Defines, p.define(n))
	case "grammar":
		p.attrs(n, nil, nil)
		p.leaf(n)
		if c.Grammar != "" {
			p.errorf(n.Pos, "there is a <grammar> already")
		}
		c.Grammar, c.GrammarPos = lines(n)
	case "header":
		p.header(c, n)
	case "message":
		c.Messages = append(c.Messages, p.message(c, n))
	case "state":
		c.States = append(c.States, p.state(n))
	case "action":
		c.Actions = append(c.Actions, p.action(n))
	case "method":
		c.Methods = append(c.Methods, p.method(n))
	case "selftest":
		p.attrs(n, nil, nil)
		for _, step := range n.nodes {
			if step.name != "step" {
				p.errorf(step.Pos, "<selftest> has no element <%s>: it holds step", step.name)
				continue
			}
			c.Selftest = append(c.Selftest, p.step(step))
		}
	default:
		p.errorf(n.Pos, "<class> has no element <%s>: it holds include, grammar, define, header, message, state, action, method and selftest", n.name)
	}
}

// header reads the fields of all messages.
func (p *parser) header(c *Class, n *node) {
	p.attrs(n, nil, nil)
	if len(c.Messages) > 0 {
		p.errorf(n.Pos, "the <header> stands before the first <message>: its fields are sent before the message's own")
	}
	if len(c.Header) > 0 {
		p.errorf(n.Pos, "there is a <header> already, in line %d", c.Header[0].Line)
	}
	for _, child := range n.nodes {
		if child.name != "field" {
			p.errorf(child.Pos, "<header> has no element <%s>: it holds field", child.name)
			continue
		}
		c.Header = append(c.Header, p.field(c, child))
	}
}

// include reads another model and makes what it says of messages part of c.
func (p *parser) include(c *Class, n *node, given map[string]attr) {
	attrs := p.attrs(n, []string{"file"}, nil)
	p.leaf(n)
	a, ok := attrs["file"]
	if !ok {
		return
	}
	if p.open == nil {
		p.errorf(a.Pos, "a model that is included includes no other, and a model that is no file includes none")
		return
	}
	name, data, err := p.open(a.value)
	if err != nil {
		p.errorf(a.Pos, "cannot include %q: %v", a.value, err)
		return
	}
	root, err := readTree(name, data)
	if err != nil {
		p.errs = append(p.errs, err.(*Error)) //nolint:errorlint // readTree returns nothing else
		return
	}
	inner := parser{}
	other := inner.class(root)
	if len(inner.errs) == 0 {
		inner.check(other)
	}
	p.errs = append(p.errs, inner.errs...)
	for _, s := range other.States {
		p.errorf(a.Pos, "%s has a <state>: only messages can be included", s.File)
		break
	}
	for _, kind := range []string{"signature", "wire", "layout"} {
		if own, double := given[kind]; double {
			p.errorf(own.Pos, "the messages are those of %s, and so is their %s", name, kind)
		}
	}
	for _, d := range other.Defines {
		p.defines[d.Name] = d
	}
	c.Includes = append(c.Includes, &Include{Pos: n.Pos, File: a.value, Class: other})
	c.Signature, c.Wire, c.Layout = other.Signature, other.Wire, other.Layout
	c.Grammar, c.GrammarPos = other.Grammar, other.GrammarPos
	c.Defines = append(c.Defines, other.Defines...)
	c.Header = append(c.Header, other.Header...)
	c.Messages = append(c.Messages, other.Messages...)
	if len(c.Includes) > 1 {
		p.errorf(n.Pos, "there is an <include> already, in line %d: a class has the messages of one protocol", c.Includes[0].Line)
	}
}

// lines gives the text of n as it stands there, but without the indentation that all lines have in common and
// without empty lines at both ends; and the place of its first line.
func lines(n *node) (string, Pos) {
	list := strings.Split(strings.ReplaceAll(n.raw, "\t", "    "), "\n")
	at := n.inside
	for len(list) > 1 && strings.TrimSpace(list[0]) == "" {
		list = list[1:]
		at.Line, at.Col = at.Line+1, 1
	}
	least := -1
	for i, l := range list {
		list[i] = strings.TrimRight(l, " \r")
		if blank := len(l) - len(strings.TrimLeft(l, " ")); list[i] != "" && (least < 0 || blank < least) {
			least = blank
		}
	}
	least = max(least, 0)
	for i, l := range list {
		list[i] = l[min(least, len(l)):]
	}
	at.Col += least
	return strings.TrimRight(strings.Join(list, "\n"), "\n "), at
}

func (p *parser) leaf(n *node) {
	for _, child := range n.nodes {
		p.errorf(child.Pos, "<%s> holds text only, no <%s>", n.name, child.name)
	}
}

func (p *parser) define(n *node) *Define {
	attrs := p.attrs(n, []string{"name", "value"}, nil)
	d := &Define{Pos: n.Pos, Name: p.name(n, attrs), Value: attrs["value"].value, Doc: n.text}
	p.leaf(n)
	var err error
	d.Number, err = strconv.ParseUint(d.Value, 10, 64)
	d.IsText = err != nil
	if first, double := p.defines[d.Name]; double {
		p.errorf(n.Pos, "there is a define %q already, in line %d", d.Name, first.Line)
	}
	p.defines[d.Name] = d
	return d
}

func (p *parser) message(c *Class, n *node) *Message {
	attrs := p.attrs(n, []string{"name"}, []string{"id"})
	m := &Message{Pos: n.Pos, Name: p.name(n, attrs), Doc: n.text}
	if a, ok := attrs["id"]; ok {
		m.ID = uint8(p.number(a, 1, 255, "a message id"))
		if !c.Numbered() {
			p.errorf(a.Pos, "no id is on the wire: the header has no number called \"id\"")
		}
	} else if c.Numbered() {
		p.errorf(n.Pos, "<message> needs the attribute \"id\"")
	}
	for _, child := range n.nodes {
		if child.name != "field" {
			p.errorf(child.Pos, "<message> has no element <%s>: it holds text and field", child.name)
			continue
		}
		m.Fields = append(m.Fields, p.field(c, child))
	}
	return m
}

func (p *parser) field(c *Class, n *node) *Field {
	attrs := p.attrs(n, []string{"name", "type"}, []string{"size", "value", "text", "least"})
	f := &Field{Pos: n.Pos, Name: p.name(n, attrs), Doc: n.text}
	p.leaf(n)
	t, ok := attrs["type"]
	if !ok {
		return f
	}
	f.Type = Type(t.value)
	if !slices.Contains(Types(), f.Type) {
		names := fmt.Sprint(Types())
		p.errorf(t.Pos, "unknown type %q: the types are %s", t.value, strings.Trim(names, "[]"))
		return f
	}
	p.size(f, attrs)
	p.text(f, attrs)
	if a, ok := attrs["least"]; ok {
		f.Least = int(p.number(a, 0, 1, "the least number of frames"))
		if f.Type != Msg {
			p.errorf(a.Pos, "a field of type %s takes no least number of frames: msg does", f.Type)
		}
	}
	if a, ok := attrs["value"]; ok {
		p.value(c, f, a)
	}
	return f
}

func (p *parser) size(f *Field, attrs map[string]attr) {
	a, given := attrs["size"]
	switch f.Type {
	case Number:
		switch a.value {
		case "1", "2", "4", "8":
			f.Size = int(a.value[0] - '0')
		default:
			at := a.Pos
			if !given {
				at = f.Pos
			}
			p.errorf(at, "a number needs size=\"1\", \"2\", \"4\" or \"8\"")
		}
	case Octets:
		if !given {
			p.errorf(f.Pos, "octets need a size, from 1 to 65535")
			return
		}
		f.Size = int(p.number(a, 1, 65535, "the size of octets"))
	default:
		if given {
			p.errorf(a.Pos, "a field of type %s takes no size", f.Type)
		}
		if f.Type == UUID {
			f.Size = 16
		}
	}
}

func (p *parser) text(f *Field, attrs map[string]attr) {
	a, given := attrs["text"]
	if !given {
		return
	}
	if a.value != "true" && a.value != "false" {
		p.errorf(a.Pos, "text is \"true\" (NUL is refused) or \"false\", not %q", a.value)
	}
	switch f.Type {
	case String, LongStr, Strings, Hash:
		f.Text = a.value == "true"
	default:
		p.errorf(a.Pos, "a field of type %s holds no text, so it takes no attribute text", f.Type)
	}
}

func (p *parser) value(c *Class, f *Field, a attr) {
	f.Fixed = true
	switch f.Type {
	case Number:
		if f.Size == 0 {
			return
		}
		if d := p.defines[a.value]; d != nil && !d.IsText {
			a.value = d.Value
		}
		f.Number = p.number(a, 0, 1<<(8*f.Size-1)<<1-1, "the value of a number (or the name of a define above it)")
	case String:
		if len(a.value) > 255 && c.Layout == Binary {
			p.errorf(a.Pos, "a string has at most 255 octets, this value has %d", len(a.value))
		}
		f.Value = a.value
	case LongStr, Frame:
		f.Value = a.value
	default:
		p.errorf(a.Pos, "a field of type %s cannot have a fixed value: number, string, longstr and frame can", f.Type)
	}
}
