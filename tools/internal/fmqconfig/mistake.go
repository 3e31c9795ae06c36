package fmqconfig

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/zpl"
)

const hidden = "…"

// mistake makes an error about the name of n, and leaves its value out.
func (s *Source) mistake(n *zpl.Node, msg, advice string) error {
	if s.flags != nil {
		return s.usage(n, msg+": "+advice)
	}
	line := s.lines[n.Line-1]
	at := len(line) - len(strings.TrimLeft(line, " \t"))
	shown := n.Name
	if n.Value != "" {
		shown += " = " + hidden
	}
	return s.place(&zpl.SyntaxError{Line: n.Line, Col: at + 1, Msg: msg, Advice: advice, Excerpt: excerpt(line[:at], shown)})
}

// refuse makes an error about the value of n, and shows it unless it is secret.
func (s *Source) refuse(path string, n *zpl.Node, err error) error {
	advice := show.Text(err.Error())
	if secret[path] {
		return s.mistake(n, n.Name+" is refused", advice)
	}
	msg := fmt.Sprintf("%s %s is refused", n.Name, quoted(n.Value))
	if n.Value == "" {
		msg = n.Name + " has no value"
	}
	if s.flags != nil {
		return s.usage(n, msg+": "+advice)
	}
	line := s.lines[n.Line-1]
	at := strings.IndexByte(line, '=') + 1
	if at == 0 {
		return s.mistake(n, msg, advice)
	}
	at += len(line[at:]) - len(strings.TrimLeft(line[at:], " \t"))
	return s.place(&zpl.SyntaxError{Line: n.Line, Col: 1 + utf8.RuneCountInString(line[:at]), Msg: msg, Advice: advice,
		Excerpt: excerpt(line[:at], n.Value)})
}

// place gives a mistake its place in the file that the user wrote.
func (s *Source) place(err error) error {
	var wrong *zpl.SyntaxError
	if !errors.As(err, &wrong) {
		return err
	}
	wrong.File = s.name
	if s.toml == nil || wrong.Line == 0 || wrong.Line > len(s.toml) {
		return wrong
	}
	// Of a text in ZPL that we made: names stand at its start.
	line := s.lines[wrong.Line-1]
	indent := len(line) - len(strings.TrimLeft(line, " "))
	p := s.toml[wrong.Line-1]
	if p.Line == 0 { // a key with an escape that Go does not know
		wrong.Line, wrong.Excerpt = 0, ""
		return wrong
	}
	before := ""
	if p.First {
		before = string([]rune(s.given[p.Line-1])[:p.Col-1])
	} else if p.Col > 1 {
		before = hidden + " " // who knows what stands there
	}
	if wrong.Col > indent+1 && p.ValueLine > 0 {
		wrong.Line, wrong.Col = p.ValueLine, p.ValueCol
		value, _, _ := strings.Cut(p.Value, "\n")
		wrong.Excerpt = excerpt(before+p.Key+" = ", value)
		return wrong
	}
	shown := p.Key
	if p.ValueLine > 0 {
		shown += " = " + hidden
	}
	wrong.Line, wrong.Col, wrong.Excerpt = p.Line, p.Col, excerpt(before, shown)
	return wrong
}

// inTOML shows the line in which the library found that a text is no TOML: up
// to there, and no values.
func inTOML(err error, data []byte) error {
	var wrong *zpl.SyntaxError
	if !errors.As(err, &wrong) {
		return err
	}
	lines := strings.Split(string(data), "\n")
	if wrong.Line < 1 || wrong.Line > len(lines) { // the library need not know where
		return err
	}
	before := []rune(strings.TrimRight(lines[wrong.Line-1], "\r"))
	before = before[:min(max(wrong.Col-1, 0), len(before))]
	if name, _, found := strings.Cut(string(before), "="); found {
		before = []rune(name + "= " + hidden)
	}
	wrong.Excerpt = excerpt(string(before), "")
	return wrong
}

// excerpt returns a line, and one with a caret under where after begins.
func excerpt(before, after string) string {
	const most = 50 // characters on each side
	b, a := []rune(visible(before)), []rune(visible(after))
	if len(b) > most {
		b = append([]rune(hidden), b[len(b)-most:]...)
	}
	if len(a) > most {
		a = append(a[:most:most], []rune(hidden)...)
	}
	return string(b) + string(a) + "\n" + strings.Repeat(" ", len(b)) + "^"
}

func visible(text string) string { return show.Text(strings.ReplaceAll(text, "\t", " ")) }

// explain makes one error of a mistake and its line.
func explain(err error) error {
	var wrong *zpl.SyntaxError
	if errors.As(err, &wrong) && !errors.Is(err, cli.ErrUsage) {
		return errors.New(wrong.Explain())
	}
	return err
}
