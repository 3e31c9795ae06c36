package zproto

import "errors"

// check applies the rules that concern several elements at once.
func (p *parser) check(c *Class) {
	names := map[string]*Message{}
	ids := map[uint8]*Message{}
	for _, m := range c.Messages {
		if first := names[m.Name]; first != nil {
			p.errorf(m.Pos, "there is a message %q already, in line %d", m.Name, first.Line)
		}
		if first := ids[m.ID]; first != nil {
			p.errorf(m.Pos, "message %q has id %d, and %q in line %d has it already", m.Name, m.ID, first.Name, first.Line)
		}
		names[m.Name], ids[m.ID] = m, m
	}
	for _, f := range c.Header {
		switch {
		case f.Type.OwnFrame() && c.Layout == Binary:
			p.errorf(f.Pos, "field %q is of all messages, which stand in the first frame, so it cannot be a %s", f.Name, f.Type)
		case f.Type == Msg:
			p.errorf(f.Pos, "field %q takes all frames that are left, so it must be the last of a message, not of all", f.Name)
		}
	}
	kinds := map[string]*Field{}
	p.unique(c.Header, map[string]*Field{}, kinds)
	for _, m := range c.Messages {
		seen := map[string]*Field{}
		for _, f := range c.Header {
			seen[f.Name] = f
		}
		p.unique(m.Fields, seen, kinds)
		p.order(c, m)
	}
	p.layout(c)
	p.joined(checkGrammar(c))
	p.checkMachine(c)
}

// joined adds mistakes that were joined.
func (p *parser) joined(err error) {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range list.Unwrap() {
			var e *Error
			if errors.As(err, &e) {
				p.errs = append(p.errs, e)
			}
		}
	}
}

// layout wants fields that the class's layout and encoding can carry.
func (p *parser) layout(c *Class) {
	for _, f := range c.Fields() {
		switch {
		case c.Layout == Frames && f.Type != Number && f.Type != String && f.Type != Frame && f.Type != Msg:
			p.errorf(f.Pos, "field %q is a %s: in the layout frames a field is a number, string, frame or msg", f.Name, f.Type)
		case c.Wire == 1 && (f.Type == LongStr || f.Type == Chunk):
			p.errorf(f.Pos, "field %q is a %s, which the first encoding (wire=\"1\") does not have", f.Name, f.Type)
		}
	}
	switch id := c.IDField(); {
	case id == nil:
	case id.Fixed || id.Type != Number && id.Type != String || id.Type == Number && id.Size != 1:
		p.errorf(id.Pos, "the field \"id\" says which message it is: it is a number of size 1 or a string, without a value")
	}
}

// unique finds names that occur twice in one message (seen), or with two types in the class (kinds).
func (p *parser) unique(fields []*Field, seen, kinds map[string]*Field) {
	for _, f := range fields {
		if first := seen[f.Name]; first != nil {
			p.errorf(f.Pos, "the message has a field %q already, in line %d", f.Name, first.Line)
			continue
		}
		seen[f.Name] = f
		if first := kinds[f.Name]; first == nil {
			kinds[f.Name] = f
		} else if !f.same(first) {
			p.errorf(f.Pos, "field %q is a %s here and a %s in line %d: one name has one type in all messages",
				f.Name, f.kind(), first.kind(), first.Line)
		}
	}
}

// order wants the fields of the first frame first, then frames, then at most one msg.
func (p *parser) order(c *Class, m *Message) {
	for i, f := range m.Fields {
		if f.Type == Msg && i < len(m.Fields)-1 {
			p.errorf(f.Pos, "field %q takes all frames that are left, so it must be the last of message %q", f.Name, m.Name)
			return
		}
		if i > 0 && c.Layout == Binary && m.Fields[i-1].Type == Frame && !f.Type.OwnFrame() {
			p.errorf(f.Pos, "field %q belongs into the first frame, so it must stand before the frames of message %q", f.Name, m.Name)
		}
	}
}
