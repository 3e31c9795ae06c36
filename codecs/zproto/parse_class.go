package zproto

import (
	"strconv"
	"strings"
)

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
	seen := map[string]*node{}
	for _, child := range n.nodes {
		switch first := seen[child.name]; {
		case child.name != "header" && child.name != "grammar" && child.name != "selftest":
		case first != nil:
			p.errorf(child.Pos, "there is a <%s> already, in line %d", child.name, first.Line)
		default:
			seen[child.name] = child
		}
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
		if len(c.Includes) > 0 && c.Grammar != "" {
			p.errorf(n.Pos, "the grammar is that of %s", c.Includes[0].File)
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
	if len(c.Includes) > 0 && len(c.Header) > 0 {
		p.errorf(n.Pos, "the header is that of %s", c.Includes[0].File)
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
