package zproto

import (
	"strconv"
	"strings"
)

// abnfToken is a word or sign of RFC 5234.
type abnfToken struct {
	kind     byte   // a sign, or one of the kinds below
	text     string // the name
	party    string // of a name: "client" (C:) or "server" (S:)
	line     int    // from 1
	col      int    // from 0
	from, to int
	margin   bool // it stands at the very left: a rule begins
}

const (
	endToken    = 'E'
	nameToken   = 'n'
	repeatToken = 'r'
	valueToken  = 'v' // a text in quotes or a number
	moreToken   = '+' // =/
)

func (s *syntax) peek() abnfToken {
	return s.toks[0]
}

// next takes a token; the last one, endToken, is there for ever.
func (s *syntax) next() abnfToken {
	t := s.toks[0]
	if t.kind != endToken {
		s.toks = s.toks[1:]
	}
	return t
}

// scan cuts the text into tokens.
func (s *syntax) scan() {
	line, start, at := 1, 0, 0
	end := len(lineOf(s.text)) // of the line
	for at < len(s.text) && len(s.errs) == 0 {
		switch s.text[at] {
		case '\n':
			at++
			line, start, end = line+1, at, at+len(lineOf(s.text[at:]))
		case ' ':
			at++
		case ';':
			at = end
		default:
			t := abnfToken{line: line, col: at - start, from: at, margin: at == start}
			s.token(&t, s.text[at:end])
			at = t.to
			s.toks = append(s.toks, t)
		}
	}
	s.toks = append(s.toks, abnfToken{kind: endToken, line: line, col: len(s.text) - start, from: len(s.text), to: len(s.text)})
}

func lineOf(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// token reads what stands at the beginning of rest, up to the end of the line.
func (s *syntax) token(t *abnfToken, rest string) {
	n := 1
	switch c := rest[0]; {
	case isLetter(c):
		n = s.name(t, rest)
	case isDigit(c) || c == '*':
		t.kind = repeatToken
		n = s.repeat(*t, rest)
	case c == '"':
		t.kind = valueToken
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 {
			s.errorf(*t, "the text is not closed in its line")
		}
		n = end + 2
	case c == '%':
		t.kind = valueToken
		n = numberLen(rest)
		if n == 0 {
			s.errorf(*t, "after %% stands x, d or b with digits: %%x41, %%x41.42 or %%x41-5A")
		}
	case strings.HasPrefix(rest, "=/"):
		t.kind, n = moreToken, 2
	case strings.IndexByte("=/()[]", c) >= 0:
		t.kind = c
	case c == '<':
		s.errorf(*t, "a description in <> is no grammar: write the rule")
	default:
		s.errorf(*t, "%q is no sign of RFC 5234", c)
	}
	t.to = t.from + max(n, 1)
}

// name reads a rule's name, with C: or S: before it.
func (s *syntax) name(t *abnfToken, rest string) int {
	t.kind = nameToken
	n := 0
	if len(rest) > 2 && rest[1] == ':' && isLetter(rest[2]) {
		switch rest[0] {
		case 'C':
			t.party = "client"
		case 'S':
			t.party = "server"
		default:
			s.errorf(*t, "only C: and S: may stand before the name of a message")
		}
		n = 2
	}
	from := n
	for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n]) || rest[n] == '-') {
		n++
	}
	t.text = rest[from:n]
	return n
}

// repeat reads a number, or "*" with a number at either side or none.
func (s *syntax) repeat(t abnfToken, rest string) int {
	n := span(rest, isDigit)
	least := rest[:n]
	if n < len(rest) && rest[n] == '*' {
		digits := span(rest[n+1:], isDigit)
		most := rest[n+1 : n+1+digits]
		n += 1 + digits
		a, _ := strconv.Atoi("0" + least)
		if b, err := strconv.Atoi("0" + most); most != "" && (err != nil || a > b) {
			s.errorf(t, "%q is no repetition: the least number stands before the largest", rest[:n])
		}
	}
	return n
}

// numberLen is how long the number value at the beginning of s is, 0 if there is none.
func numberLen(s string) int {
	if len(s) < 3 {
		return 0
	}
	digit := map[byte]func(byte) bool{
		'x': func(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' },
		'd': isDigit,
		'b': func(c byte) bool { return c == '0' || c == '1' },
	}[s[1]|0x20]
	if digit == nil {
		return 0
	}
	n := 2 + span(s[2:], digit)
	if n == 2 {
		return 0
	}
	for first := byte(0); n+1 < len(s) && (s[n] == '.' || s[n] == '-') && first != '-' && (first == 0 || s[n] == '.'); {
		digits := span(s[n+1:], digit)
		if digits == 0 {
			return 0
		}
		first = s[n]
		n += 1 + digits
	}
	return n
}

func span(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
