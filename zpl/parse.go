package zpl

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// What is read and written at most.
const (
	MaxSize  = 1 << 20 // octets of a text
	MaxDepth = 64      // levels
	MaxNodes = 100_000 // properties
)

// Parse reads a text. What it returns is the root, which has no name and no
// value: the properties of level 0 are its Children. An error is a
// *[SyntaxError].
func Parse(data []byte) (*Node, error) { return parse("", data) }

// Load is Parse for a file. Errors name it.
func Load(file string) (*Node, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	return parse(file, data)
}

func parse(file string, data []byte) (*Node, error) {
	if len(data) > MaxSize {
		return nil, &SyntaxError{File: file, Msg: "the text is too long", Advice: fmt.Sprintf("%d octets are possible", MaxSize)}
	}
	p := parser{file: file, open: []*Node{{file: file}}}
	all := string(data)
	quiet := 0 // where the lines begin that say nothing, since the last property
	for at := 0; at < len(all); {
		text, rest := cutLine(all[at:])
		p.line++
		l, err := lex(text)
		if err == nil && l.name != "" {
			err = p.add(l, text, all[quiet:at])
			quiet = len(all) - len(rest)
		}
		if err != nil {
			err.File, err.Line = file, p.line
			return nil, err
		}
		at = len(all) - len(rest)
	}
	root := p.open[0]
	root.foot = p.placeFoot(all[quiet:], 0)
	return root, nil
}

// parser holds what is known between two lines.
type parser struct {
	file  string
	line  int
	nodes int
	open  []*Node // the root, and below it the last property of each level
}

// add adds the property of a line; above it stand lines that say nothing.
func (p *parser) add(l line, text, above string) *SyntaxError {
	level := l.indent / levelSize
	body, _ := cutEnd(text)
	switch {
	case level >= len(p.open) && len(p.open) == 1:
		return errorAt(body, l.indent, "the first property is indented", "begin it at the start of the line")
	case level >= len(p.open):
		return errorAt(body, l.indent, "more than one level deeper than the property before it",
			fmt.Sprintf("at most %s can stand here", plural(levelSize*(len(p.open)-1), "space")))
	case level >= MaxDepth:
		return errorAt(body, l.indent, "too many levels", fmt.Sprintf("%d are possible", MaxDepth))
	case p.nodes >= MaxNodes:
		return errorAt(body, l.indent, "too many properties", fmt.Sprintf("%d are possible", MaxNodes))
	}
	p.nodes++
	n := &Node{Name: l.name, Value: l.value, Line: p.line, file: p.file, text: text, lead: p.placeFoot(above, level)}
	parent := p.open[level]
	parent.Children = append(parent.Children, n)
	p.open = append(p.open[:level+1], n)
	return nil
}

// placeFoot is called with the lines that say nothing before a property of a
// level. Comments among them that are indented deeper than that property belong
// to what ends here, as its foot: "# port = 1" at the end of a section stays
// there. placeFoot returns the lines that are left.
func (p *parser) placeFoot(above string, level int) string {
	last := len(p.open) - 2 // the deepest level that is open
	if level > last {
		return above
	}
	foot, owner, least := 0, level, MaxDepth
	for rest := above; rest != ""; {
		var text string
		text, rest = cutLine(rest)
		l, _ := lex(text)
		if strings.Trim(l.tail, blanks) == "" {
			continue
		}
		depth := l.indent / levelSize
		least = min(least, depth)
		if depth > level {
			foot, owner = len(above)-len(rest), min(last, max(level, least-1))
		}
	}
	if foot > 0 {
		p.open[owner+1].foot = above[:foot]
	}
	return above[foot:]
}
