package zpl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	// ErrUnwritable marks what ZPL has no text for: a value with a line end, a
	// value that needs quotes and holds both kinds, a name with a blank in it,
	// more than [Parse] would read.
	ErrUnwritable = errors.New("cannot be written as ZPL")
	// ErrType marks Go types that [Unmarshal] and [Marshal] cannot work with. It
	// is a mistake in the program, whatever the text.
	ErrType = errors.New("not a type for ZPL")
)

// SyntaxError says what is wrong in a text, and where.
type SyntaxError struct {
	File   string // empty: the text came from no file
	Line   int    // from 1; 0: the text as a whole
	Col    int    // from 1, in characters
	Msg    string // what is wrong
	Advice string // what to do about it
	// Excerpt is what of the line may be shown: control characters in it are
	// made visible, and values are left out, for they may be passwords; only a value that is
	// wrong itself is there. Below it stands a caret.
	Excerpt string
	cause   error
}

// Error is one line: file:line:col: what is wrong: what to do about it.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(printable(e.File) + ":")
	}
	switch {
	case e.Line > 0:
		fmt.Fprintf(&b, "%d:%d: ", e.Line, e.Col)
	case e.File != "":
		b.WriteByte(' ')
	}
	b.WriteString(e.Msg)
	if e.Advice != "" {
		b.WriteString(": " + e.Advice)
	}
	return b.String()
}

// Explain is Error and, below it, the line with a caret under the place.
func (e *SyntaxError) Explain() string {
	if e.Excerpt == "" {
		return e.Error()
	}
	text, caret, _ := strings.Cut(e.Excerpt, "\n")
	number := strconv.Itoa(e.Line)
	return fmt.Sprintf("%s\n%6s | %s\n%6s | %s", e.Error(), number, text, "", caret)
}

// Unwrap returns what the type of a value had to say, if it was a type of the
// caller's.
func (e *SyntaxError) Unwrap() error { return e.cause }

// errorAt makes an error about body[i]. Of the line it shows what cannot be a
// value: nobody wants a password in a log because of a blank in its name.
func errorAt(body string, i int, msg, advice string) *SyntaxError {
	e := &SyntaxError{Col: column(body, i), Msg: msg, Advice: advice}
	indent := len(body) - len(strings.TrimLeft(body, blanks))
	name := indent + len(leadingName(body[indent:]))
	// Up to here it is shown: the name, or the character that is wrong in it.
	shown := name
	if i == name || i < len(body) && isControl(rune(body[i])) {
		_, size := utf8.DecodeRuneInString(body[i:])
		shown = i + size
	}
	before := body[:i]
	if i > name && strings.Trim(body[name:i], blanks) != "" {
		before = body[:name] + hide(body[name:i])
	}
	shown = max(shown, i)
	e.Excerpt = excerpt(before, body[i:shown]+hide(body[shown:]))
	return e
}

// column returns the column of body[i].
func column(body string, i int) int { return utf8.RuneCountInString(body[:i]) + 1 }

// hide returns what is shown instead of a part of a line.
func hide(text string) string {
	switch text = strings.TrimLeft(text, blanks); {
	case text == "":
		return ""
	case text[0] == '=':
		return strings.TrimRight(" = "+hide(text[1:]), blanks)
	}
	return hidden
}

const hidden = "…"

// excerpt returns a line and a second one with a caret under where after
// begins. Of long lines it is the surroundings of that.
func excerpt(before, after string) string {
	const most = 50 // characters on each side
	b, a := []rune(printable(before)), []rune(printable(after))
	if len(b) > most {
		b = append([]rune(hidden), b[len(b)-most:]...)
	}
	if len(a) > most {
		a = append(a[:most], []rune(hidden)...)
	}
	return string(b) + string(a) + "\n" + strings.Repeat(" ", len(b)) + "^"
}

// printable makes visible what a terminal would not show, or would obey. Tabs
// become single spaces, so that columns are right.
func printable(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// quoted returns text in quotes for an error, shortened.
func quoted(text string) string {
	const most = 60
	if shown := []rune(printable(text)); len(shown) > most {
		return `"` + string(shown[:most]) + hidden + `"`
	}
	return `"` + printable(text) + `"`
}
