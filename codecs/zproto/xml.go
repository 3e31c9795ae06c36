package zproto

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const (
	// MaxSize is the largest model that Parse reads, in octets.
	MaxSize = 1 << 20
	// MaxErrors is the largest number of mistakes that Parse reports at once.
	MaxErrors = 20

	maxDepth = 8 // a model needs three levels
)

// node is an element of the file with the place of everything a mistake may be in.
type node struct {
	Pos
	name   string
	attrs  []attr
	text   string // all text directly inside, white space collapsed
	raw    string // the same as it stands there
	inside Pos    // where raw begins
	nodes  []*node
}

type attr struct {
	Pos
	name, value string
}

// readTree reads a whole file. Errors are *Error and end the reading: after a mistake in the XML itself there
// is nothing sensible to add.
func readTree(file string, data []byte) (*node, error) {
	if len(data) > MaxSize {
		return nil, &Error{file, 1, 1, "the model has more than 1 MiB: that cannot be a protocol"}
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	top := &node{}
	open := []*node{top}
	texts := []*strings.Builder{{}}
	for {
		line, col := d.InputPos()
		from := d.InputOffset()
		pos := Pos{file, line, col}
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, xmlError(d, file, err)
		}
		last := open[len(open)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if len(open) > maxDepth {
				return nil, pos.errorf("<%s> is nested too deep: a model has class, message and field", t.Name.Local)
			}
			n := &node{Pos: pos, name: rawName(t.Name)}
			n.attrs = attrsOf(pos, data[from:d.InputOffset()], t.Attr)
			line, col := d.InputPos()
			n.inside = Pos{file, line, col}
			last.nodes = append(last.nodes, n)
			open = append(open, n)
			texts = append(texts, &strings.Builder{})
		case xml.EndElement:
			if name := rawName(t.Name); last == top || name != last.name {
				return nil, pos.errorf("</%s> closes no open element%s", name, openHint(last))
			}
			last.raw = texts[len(texts)-1].String()
			last.text = strings.Join(strings.Fields(last.raw), " ")
			open, texts = open[:len(open)-1], texts[:len(texts)-1]
		case xml.CharData:
			if last == top && len(bytes.TrimSpace(t)) > 0 {
				return nil, pos.errorf("there is text outside of <class>")
			}
			texts[len(texts)-1].Write(t)
			texts[len(texts)-1].WriteByte(' ')
		case xml.Directive:
			return nil, pos.errorf("a model has no <!…> declarations")
		}
	}
	if last := open[len(open)-1]; last != top {
		return nil, last.errorf("<%s> is never closed", last.name)
	}
	if len(top.nodes) != 1 {
		if len(top.nodes) == 0 {
			return nil, &Error{file, 1, 1, "the file is empty: a model is one <class> element"}
		}
		return nil, top.nodes[1].errorf("a model is one <class> element, and this is a second element beside it")
	}
	return top.nodes[0], nil
}

func openHint(n *node) string {
	if n.name == "" {
		return ""
	}
	return ": the innermost one is <" + n.name + ">"
}

func rawName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func xmlError(d *xml.Decoder, file string, err error) error {
	line, col := d.InputPos()
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return &Error{file, line, col, "not well-formed XML: " + syntax.Msg}
	}
	return &Error{file, line, col, "not well-formed XML: " + err.Error()}
}

// attrsOf finds where in the text of a start tag each attribute begins. The decoder has accepted the tag, so
// a search that fails (it does not) costs the place only.
func attrsOf(tag Pos, raw []byte, list []xml.Attr) []attr {
	out := make([]attr, 0, len(list))
	at, pos := 0, tag
	step := func(n int) {
		for ; n > 0 && at < len(raw); n-- {
			if raw[at] == '\n' {
				pos.Line, pos.Col = pos.Line+1, 1
			} else {
				pos.Col++
			}
			at++
		}
	}
	step(bytes.IndexAny(raw, " \t\r\n"))
	for _, a := range list {
		rest := raw[at:]
		step(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n")))
		out = append(out, attr{pos, rawName(a.Name), a.Value})
		rest = raw[at:]
		if quote := bytes.IndexAny(rest, `"'`); quote >= 0 {
			end := bytes.IndexByte(rest[quote+1:], rest[quote])
			step(quote + 1 + end + 1)
		}
	}
	return out
}
