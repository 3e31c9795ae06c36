package zproto

import (
	"errors"
	"fmt"
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

// Parse reads a model and checks it. The name of the file stands in errors only. What it returns is either a
// class that obeys all rules of the package documentation, or an error that joins one [*Error] for each
// mistake.
func Parse(file string, data []byte) (*Class, error) {
	root, err := readTree(file, data)
	if err != nil {
		return nil, err
	}
	var p parser
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
	c := &Class{Pos: n.Pos, Doc: n.text, Signature: -1}
	if n.name != "class" {
		p.errorf(n.Pos, "a model is one <class> element, not <%s>", n.name)
		return c
	}
	attrs := p.attrs(n, []string{"name"}, []string{"title", "signature"})
	c.Name = p.name(n, attrs)
	c.Title = attrs["title"].value
	if a, ok := attrs["signature"]; ok {
		c.Signature = int(p.number(a, 0, 15, "a signature"))
	}
	p.defines = map[string]*Define{}
	for _, child := range n.nodes {
		switch child.name {
		case "define":
			c.Defines = append(c.Defines, p.define(child))
		case "field":
			if len(c.Messages) > 0 {
				p.errorf(child.Pos, "a field of all messages stands before the first <message>: it is sent before the message's own")
			}
			c.Header = append(c.Header, p.field(child))
		case "message":
			c.Messages = append(c.Messages, p.message(child))
		default:
			p.errorf(child.Pos, "<class> has no element <%s>: it holds define, field and message", child.name)
		}
	}
	if len(c.Messages) == 0 {
		p.errorf(n.Pos, "the class has no <message>")
	}
	return c
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

func (p *parser) message(n *node) *Message {
	attrs := p.attrs(n, []string{"name", "id"}, nil)
	m := &Message{Pos: n.Pos, Name: p.name(n, attrs), Doc: n.text}
	if a, ok := attrs["id"]; ok {
		m.ID = uint8(p.number(a, 1, 255, "a message id"))
	}
	for _, child := range n.nodes {
		if child.name != "field" {
			p.errorf(child.Pos, "<message> has no element <%s>: it holds text and field", child.name)
			continue
		}
		m.Fields = append(m.Fields, p.field(child))
	}
	return m
}

func (p *parser) field(n *node) *Field {
	attrs := p.attrs(n, []string{"name", "type"}, []string{"size", "value", "text"})
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
	if a, ok := attrs["value"]; ok {
		p.value(f, a)
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

func (p *parser) value(f *Field, a attr) {
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
		if len(a.value) > 255 {
			p.errorf(a.Pos, "a string has at most 255 octets, this value has %d", len(a.value))
		}
		f.Value = a.value
	case LongStr, Frame:
		f.Value = a.value
	default:
		p.errorf(a.Pos, "a field of type %s cannot have a fixed value: number, string, longstr and frame can", f.Type)
	}
}
