package zproto

import "strings"

// words gives the attribute name where it may be several words, as states, actions and methods have.
func (p *parser) words(n *node, attrs map[string]attr) string {
	a, ok := attrs["name"]
	if !ok {
		return ""
	}
	p.isWords(a)
	return a.value
}

func (p *parser) isWords(a attr) {
	for _, word := range strings.Split(a.value, " ") {
		if !isName(word) {
			p.errorf(a.Pos, "%q is no name: it is one or more words, a blank between them; a word is a letter, then letters, digits, \"-\" and \"_\"", a.value)
			return
		}
	}
}

func (p *parser) state(n *node) *State {
	attrs := p.attrs(n, []string{"name"}, []string{"inherit"})
	s := &State{Pos: n.Pos, Name: p.words(n, attrs), Inherit: attrs["inherit"].value, Doc: n.text, inheritAt: attrs["inherit"].Pos}
	for _, child := range n.nodes {
		if child.name != "event" {
			p.errorf(child.Pos, "<state> has no element <%s>: it holds text and event", child.name)
			continue
		}
		s.Events = append(s.Events, p.event(child))
	}
	return s
}

func (p *parser) event(n *node) *Event {
	attrs := p.attrs(n, []string{"name"}, []string{"next"})
	e := &Event{Pos: n.Pos, Next: attrs["next"].value, Doc: n.text, nextAt: attrs["next"].Pos}
	if a := attrs["name"]; a.value == Any {
		e.Name = Any
	} else {
		e.Name = p.words(n, attrs)
	}
	for _, child := range n.nodes {
		if child.name != "action" {
			p.errorf(child.Pos, "<event> has no element <%s>: it holds text and action", child.name)
			continue
		}
		e.Actions = append(e.Actions, p.action(child))
	}
	return e
}

func (p *parser) action(n *node) *Action {
	attrs := p.attrs(n, []string{"name"}, []string{"message"})
	p.leaf(n)
	a := &Action{Pos: n.Pos, Name: p.words(n, attrs), Message: attrs["message"].value, Doc: n.text, messageAt: attrs["message"].Pos}
	message, given := attrs["message"]
	switch {
	case a.Name == SendAction && !given:
		p.errorf(n.Pos, "the action send needs the attribute \"message\"")
	case a.Name != SendAction && given:
		p.errorf(message.Pos, "only the action send takes a message")
	}
	return a
}

func (p *parser) method(n *node) *Method {
	attrs := p.attrs(n, []string{"name"}, nil)
	m := &Method{Pos: n.Pos, Name: p.words(n, attrs), Doc: n.text}
	for _, child := range n.nodes {
		if child.name != "argument" {
			p.errorf(child.Pos, "<method> has no element <%s>: it holds text and argument", child.name)
			continue
		}
		m.Arguments = append(m.Arguments, p.argument(child))
	}
	return m
}

func (p *parser) argument(n *node) *Argument {
	attrs := p.attrs(n, []string{"name", "type"}, nil)
	p.leaf(n)
	switch t, given := attrs["type"]; t.value {
	case "string", "number", "data", "dictionary":
	default:
		if !given {
			break // said already
		}
		p.errorf(t.Pos, "unknown type %q of an argument: the types are string number data dictionary", t.value)
	}
	return &Argument{Pos: n.Pos, Name: p.words(n, attrs), Type: attrs["type"].value, Doc: n.text}
}

func (p *parser) step(n *node) *Step {
	attrs := p.attrs(n, nil, []string{"send", "body", "recv"})
	p.leaf(n)
	body, given := attrs["body"]
	s := &Step{Pos: n.Pos, Send: attrs["send"].value, Body: body.value, Recv: attrs["recv"].value,
		sendAt: attrs["send"].Pos, bodyAt: body.Pos, recvAt: attrs["recv"].Pos}
	switch {
	case s.Send == "" && s.Recv == "":
		p.errorf(n.Pos, "a step sends a message, or receives one, or both: send=\"…\" recv=\"…\"")
	case s.Send == "" && given:
		p.errorf(body.Pos, "body is what is sent, and this step sends nothing")
	}
	return s
}
