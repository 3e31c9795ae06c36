package zproto

import (
	"fmt"
	"slices"
	"strings"
)

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
