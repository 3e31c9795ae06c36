package zproto

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"
)

// MaxOutput is the largest text that Template makes, in octets.
const MaxOutput = 16 << 20

// Template makes whatever a template of [text/template] makes out of data: a [Class], or an [Element] of any XML. Errors begin
// with the place in the template, or in the model for those that the template reports itself. Its functions are
//
//   - upper, lower, capital (the first letter), trim; replace TEXT OLD NEW; split TEXT SEPARATOR; join LIST SEPARATOR;
//   - quote: a string of Go, C or JSON; goname: an exported name of Go; md: plain text in Markdown;
//   - sqlname: a name in SQL, in quotes; sqltext: a text in SQL;
//   - add A B: the sum of two whole numbers;
//   - fail ELEMENT TEXT: ends it all with an error that says where the element stands.
//
// A template is a program of whoever runs it: it may compute for ever, and is bounded in what it puts out only.
func Template(name, text string, data any) ([]byte, error) {
	if len(text) > MaxSize {
		return nil, &Error{name, 1, 1, "the template has more than 1 MiB"}
	}
	t, err := template.New(name).Funcs(templateFuncs).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, templateError(err)
	}
	out := &bounded{}
	if err := t.Execute(out, data); err != nil {
		return nil, templateError(err)
	}
	return out.Bytes(), nil
}

// templateError says where first, as all other errors do. What the template itself has said is no fault of the template.
func templateError(err error) error {
	var said *Error
	if errors.As(err, &said) {
		return said
	}
	return errors.New(strings.TrimPrefix(err.Error(), "template: "))
}

// bounded is a buffer that gets full.
type bounded struct{ bytes.Buffer }

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > MaxOutput {
		return 0, fmt.Errorf("the output has more than %d MiB: does the template repeat itself?", MaxOutput>>20)
	}
	return b.Buffer.Write(p)
}

var templateFuncs = template.FuncMap{
	"upper":   strings.ToUpper,
	"lower":   strings.ToLower,
	"capital": capital,
	"trim":    strings.TrimSpace,
	"replace": strings.ReplaceAll,
	"split":   strings.Split,
	"join":    strings.Join,
	"quote":   strconv.Quote,
	"goname":  goName,
	"md":      md,
	"sqlname": func(s string) string { return sqlQuote(s, `"`) },
	"sqltext": func(s string) string { return sqlQuote(s, "'") },
	"add":     func(a, b int) int { return a + b },
	"fail":    fail,
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// sqlQuote doubles the quotes in a text. SQL has no way to write NUL, so it is left out.
func sqlQuote(s, quote string) string {
	return quote + strings.NewReplacer(quote, quote+quote, "\x00", "").Replace(s) + quote
}

// place is what has a place in a file: everything in a model.
type place interface{ place() Pos }

func (p Pos) place() Pos { return p }

func fail(at place, text string) (string, error) {
	return "", at.place().errorf("%s", text)
}
