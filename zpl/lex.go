package zpl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// line is one line of a text, in pieces that together are the line again:
// indent spaces, name, sep, raw, tail, end. A line that says nothing (blanks,
// a comment) has no name and is all tail.
type line struct {
	indent int    // columns before the name or the comment
	name   string // empty: not a property
	sep    string // what stands between name and value: " = "
	raw    string // the value as it is written, with its quotes
	value  string // the value as it is meant
	tail   string // blanks and comment behind the value
	end    string // LF, CR, CRLF, or nothing at the end of the text
}

const (
	blanks    = " \t"
	levelSize = 4 // spaces of a level, and of a tab before a comment
)

// cutLine splits off the first line of text, with its end.
func cutLine(text string) (first, rest string) {
	i := strings.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return text, ""
	case strings.HasPrefix(text[i:], "\r\n"):
		i++
	}
	return text[:i+1], text[i+1:]
}

// cutEnd splits a line into what it says and its end.
func cutEnd(text string) (body, end string) {
	body = strings.TrimRight(text, "\r\n")
	return body, text[len(body):]
}

// lex reads one line. The error has no file and no line number yet.
func lex(text string) (line, *SyntaxError) {
	body, end := cutEnd(text)
	l := line{end: end}
	if i := strings.IndexFunc(body, isControl); i >= 0 {
		return l, controlError(body, i)
	}
	rest := strings.TrimLeft(body, blanks)
	before := body[:len(body)-len(rest)]
	if rest == "" || rest[0] == '#' {
		l.indent, l.tail = len(before)+(levelSize-1)*strings.Count(before, "\t"), body
		return l, nil
	}
	l.indent = len(before)
	if i := strings.IndexByte(before, '\t'); i >= 0 {
		return l, errorAt(body, i, "a tab before the name", "indent by 4 spaces for each level")
	}
	if odd := l.indent % levelSize; odd != 0 {
		return l, errorAt(body, l.indent, plural(l.indent, "space")+" before the name, which is no multiple of 4",
			fmt.Sprintf("take %d or %d", l.indent-odd, l.indent-odd+levelSize))
	}
	l.name = leadingName(rest)
	if l.name == "" {
		return l, nameError(body, l.indent)
	}
	rest = rest[len(l.name):]
	value := strings.TrimLeft(rest, blanks)
	switch {
	case value == "" || value[0] == '#':
		l.tail = rest
		return l, nil
	case value[0] != '=':
		return l, behindNameError(body, l.name, len(body)-len(value))
	}
	behind := value[1:] // of the "="
	value = strings.TrimLeft(behind, blanks)
	if value == "" || value[0] == '#' {
		l.sep, l.tail = rest[:len(rest)-len(behind)], behind
		return l, nil
	}
	l.sep = rest[:len(rest)-len(value)]
	l.value, l.raw = lexValue(value)
	l.tail = value[len(l.raw):]
	return l, nil
}

// lexValue reads the value that a text begins with, and says how much of the
// text it is.
func lexValue(text string) (value, raw string) {
	if quote := text[0]; quote == '"' || quote == '\'' {
		if i := strings.IndexByte(text[1:], quote); i >= 0 {
			behind := strings.TrimLeft(text[i+2:], blanks)
			if behind == "" || behind[0] == '#' {
				return text[1 : i+1], text[:i+2]
			}
		}
	}
	text, _, _ = strings.Cut(text, "#")
	text = strings.TrimRight(text, blanks)
	return text, text
}

func leadingName(text string) string {
	for i := range len(text) {
		if !isNameChar(text[i]) {
			return text[:i]
		}
	}
	return text
}

func isName(text string) bool { return text != "" && leadingName(text) == text }

func isNameChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("$-_@.&+/", c) >= 0
}

// isControl reports characters that may stand nowhere: control characters but
// the tab. Line ends are not asked about.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }

func controlError(body string, i int) *SyntaxError {
	if body[i] == 0 {
		return errorAt(body, i, "a NUL octet", "save the text as UTF-8: this may be UTF-16, or no text at all")
	}
	return errorAt(body, i, fmt.Sprintf("the control character 0x%02X", body[i]), "take it away")
}

const nameAdvice = "a name is made of letters, digits and $ - _ @ . & + /"

// nameError says why no name begins at body[i].
func nameError(body string, i int) *SyntaxError {
	const byteOrderMark = "\uFEFF"
	if strings.HasPrefix(body[i:], byteOrderMark) {
		return errorAt(body, i, "a byte order mark", "save the text without it")
	}
	switch body[i] {
	case '=':
		return errorAt(body, i, "no name before the =", "write name = value")
	case '[':
		return errorAt(body, i, "a name cannot begin with [",
			"a section is a name alone on its line; its properties follow, indented by 4 spaces more")
	case ';':
		return errorAt(body, i, "a name cannot begin with ;", "a comment begins with #")
	case '"', '\'':
		return errorAt(body, i, "a name cannot stand in quotes", "only values can")
	}
	return errorAt(body, i, "a name cannot begin with "+character(body[i:]), nameAdvice)
}

// behindNameError says what is wrong with body[i], which stands behind a name.
func behindNameError(body, name string, i int) *SyntaxError {
	switch {
	case strings.HasPrefix(name, "//"):
		return errorAt(body, i, "only = or a comment can stand behind a name", "a comment begins with #")
	case body[i] == ':':
		return errorAt(body, i, "a colon behind the name", "write name = value")
	case strings.IndexByte(blanks, body[i-1]) >= 0:
		return errorAt(body, i, "only = or a comment can stand behind a name", "write name = value; a name holds no blanks")
	}
	return errorAt(body, i, "a name cannot hold "+character(body[i:]), nameAdvice)
}

// character returns the first character of a text, for an error.
func character(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("the octet 0x%02X", text[0])
	}
	return printable(text[:size])
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
