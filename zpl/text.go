package zpl

import (
	"errors"
	"fmt"
	"strings"
)

// Text returns the properties below n as a text, so that [Parse] makes the same
// tree of it again. What was read and not changed comes out octet for octet, with
// its comments. The error is [ErrUnwritable].
func (n *Node) Text() ([]byte, error) {
	w := writer{end: n.lineEnd()}
	if err := w.below(n, 0); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	if w.b.Len() > MaxSize {
		return nil, fmt.Errorf("%w: the text has %d octets: %d are possible", ErrUnwritable, w.b.Len(), MaxSize)
	}
	return []byte(w.b.String()), nil
}

// lineEnd returns the first line end that is known below n, and LF if none is.
func (n *Node) lineEnd() string {
	for _, c := range n.Children {
		if c == nil {
			continue // Text tells
		}
		for _, text := range []string{c.lead, c.text, c.foot} {
			first, _ := cutLine(text)
			if _, end := cutEnd(first); end != "" {
				return end
			}
		}
	}
	return "\n"
}

type writer struct {
	b     strings.Builder
	nodes int
	end   string // of lines that have none
	open  bool   // the last line has no end
}

// below writes the children of n at a level, and its foot.
func (w *writer) below(n *Node, level int) error {
	for _, c := range n.Children {
		if c == nil {
			return errors.New("a nil among the children of " + quoted(n.Name))
		}
		if level >= MaxDepth {
			return fmt.Errorf("property %s: %d levels are possible", quoted(c.Name), MaxDepth)
		}
		if w.nodes++; w.nodes > MaxNodes {
			return fmt.Errorf("property %s: %d properties are possible", quoted(c.Name), MaxNodes)
		}
		shift := 0
		if was, ok := c.level(); ok {
			shift = levelSize * (level - was)
		}
		w.quiet(c.lead, shift)
		text, err := c.writeLine(level, w.end)
		if err != nil {
			return fmt.Errorf("property %s: %w", quoted(c.Name), err)
		}
		w.line(text)
		if err := w.below(c, level+1); err != nil {
			return err
		}
	}
	shift := 0
	if was, ok := n.level(); ok {
		shift = levelSize * (level - 1 - was)
	}
	w.quiet(n.foot, shift)
	return nil
}

// quiet writes lines that say nothing, moved to the right or the left.
func (w *writer) quiet(lines string, shift int) {
	for lines != "" {
		var text string
		text, lines = cutLine(lines)
		switch {
		case shift > 0 && !isBlank(text):
			text = strings.Repeat(" ", shift) + text
		case shift < 0:
			text = text[min(-shift, len(text)-len(strings.TrimLeft(text, " "))):]
		}
		w.line(text)
	}
}

func (w *writer) line(text string) {
	if w.open {
		w.b.WriteString(w.end)
	}
	w.b.WriteString(text)
	_, end := cutEnd(text)
	w.open = end == ""
}

// writeLine returns the line of n: as it was read, as far as it still holds.
func (n *Node) writeLine(level int, end string) (string, error) {
	l, _ := lex(n.text)
	if n.text == "" {
		l.end = end
	}
	switch {
	case !isName(n.Name):
		return "", errors.New("this is no name: " + nameAdvice)
	case n.Value != l.value:
		raw, err := writeValue(n.Value, l.tail)
		switch {
		case err != nil:
			return "", err
		case raw == "":
			l.sep = ""
		case l.raw == "":
			l.sep = " = "
		}
		l.raw = raw
	}
	return strings.Repeat(" ", levelSize*level) + n.Name + l.sep + l.raw + l.tail + l.end, nil
}

// writeValue returns a value as it has to be written, with quotes only if it
// needs them. Whether it does is what the reader would make of it without,
// given the comment behind it.
func writeValue(value, tail string) (string, error) {
	if strings.ContainsAny(value, "\r\n") {
		return "", errors.New("a value with a line end in it")
	}
	if i := strings.IndexFunc(value, isControl); i >= 0 {
		return "", fmt.Errorf("a value with the control character 0x%02X in it", value[i])
	}
	if value == "" {
		return "", nil
	}
	for _, quote := range []string{"", `"`, "'"} {
		raw := quote + value + quote
		if strings.IndexByte(blanks, raw[0]) >= 0 {
			continue
		}
		if got, _ := lexValue(raw + tail); got == value {
			return raw, nil
		}
	}
	if strings.Contains(value, `"`) && strings.Contains(value, "'") {
		return "", errors.New(`a value that needs quotes, and holds both " and '`)
	}
	return "", errors.New("a value that begins with a quote, and a comment behind it that has one")
}
