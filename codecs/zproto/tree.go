package zproto

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Element is an element of any XML, for templates.
type Element struct {
	Pos
	Name     string     // with its prefix, if it has one: "svg:path"
	Attrs    []Attr     // in the order of the file
	Text     string     // all text directly inside, white space collapsed
	Raw      string     // the same as it stands there
	Children []*Element // in the order of the file
}

// Attr is an attribute of an Element.
type Attr struct {
	Name, Value string // the name with its prefix, if it has one; the value without quotes and entities
}

// Attr gives the value of an attribute, or the empty string.
func (e *Element) Attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Has tells whether there is an attribute of that name.
func (e *Element) Has(name string) bool {
	for _, a := range e.Attrs {
		if a.Name == name {
			return true
		}
	}
	return false
}

// All gives the children of that name.
func (e *Element) All(name string) []*Element {
	var list []*Element
	for _, c := range e.Children {
		if c.Name == name {
			list = append(list, c)
		}
	}
	return list
}

// First gives the first child of that name, or nil.
func (e *Element) First(name string) *Element {
	for _, c := range e.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

const maxTreeDepth = 256

// ParseTree reads any XML in UTF-8 that has no more than [MaxSize] octets. The name of the file stands in errors, which are
// [*Error] values. Declarations (<!…>) mean nothing here, so entities that they define are unknown.
func ParseTree(file string, data []byte) (*Element, error) {
	if len(data) > MaxSize {
		return nil, &Error{file, 1, 1, "the file has more than 1 MiB"}
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	top := &Element{}
	open := []*Element{top}
	texts := []*strings.Builder{{}}
	for {
		line, col := d.InputPos()
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
			e := &Element{Pos: Pos{file, line, col}, Name: rawName(t.Name)}
			for _, a := range t.Attr {
				e.Attrs = append(e.Attrs, Attr{rawName(a.Name), a.Value})
			}
			if len(open) > maxTreeDepth {
				return nil, e.errorf("<%s> is nested too deep: %d levels are the most", e.Name, maxTreeDepth)
			}
			last.Children = append(last.Children, e)
			open, texts = append(open, e), append(texts, &strings.Builder{})
		case xml.EndElement:
			if name := rawName(t.Name); last == top || name != last.Name {
				return nil, Pos{file, line, col}.errorf("</%s> closes no open element%s", name, openHint(&node{name: last.Name}))
			}
			last.Raw = texts[len(texts)-1].String()
			last.Text = strings.Join(strings.Fields(last.Raw), " ")
			open, texts = open[:len(open)-1], texts[:len(texts)-1]
		case xml.CharData:
			if last == top && len(bytes.TrimSpace(t)) > 0 {
				return nil, Pos{file, line, col}.errorf("there is text outside of all elements")
			}
			texts[len(texts)-1].Write(t)
		}
	}
	if last := open[len(open)-1]; last != top {
		return nil, last.errorf("<%s> is never closed", last.Name)
	}
	if len(top.Children) != 1 {
		return nil, &Error{file, 1, 1, "XML is one element with everything in it: " + plural(len(top.Children), "element") + " stand side by side"}
	}
	return top.Children[0], nil
}

// LoadTree reads the XML in a file.
func LoadTree(file string) (*Element, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	return ParseTree(file, data)
}
