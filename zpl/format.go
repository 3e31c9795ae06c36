package zpl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Format returns a text as it should look: " = " between name and value,
// comments as deep as what they stand above and in one column where they stand behind,
// no more than one empty line in a row, LF at the end of each line. It means the same, and
// values stay as they were written, quotes too. Errors are those of [Parse].
func Format(data []byte) ([]byte, error) {
	root, err := Parse(data)
	if err != nil {
		return nil, err
	}
	var f formatter
	f.below(root, 0)
	out := f.text()
	if len(out) > MaxSize {
		return nil, fmt.Errorf("%w: the text would have %d octets: %d are possible", ErrUnwritable, len(out), MaxSize)
	}
	return out, nil
}

// formatter collects lines: what they say, and the comment behind that.
type formatter struct{ lines []formatted }

type formatted struct{ body, comment string }

func (f *formatter) below(n *Node, level int) {
	indent := strings.Repeat(" ", levelSize*level)
	for _, c := range n.Children {
		f.quiet(c.lead, indent)
		l, _ := lex(c.text)
		body := indent + l.name
		if l.raw != "" {
			body += " = " + l.raw
		}
		f.lines = append(f.lines, formatted{body, strings.Trim(l.tail, blanks)})
		f.below(c, level+1)
	}
	f.quiet(n.foot, indent)
}

// quiet takes lines that say nothing. Empty ones are there only between others.
func (f *formatter) quiet(lines, indent string) {
	for lines != "" {
		var text string
		text, lines = cutLine(lines)
		body, _ := cutEnd(text)
		body = strings.Trim(body, blanks)
		if body != "" {
			body = indent + body
		} else if len(f.lines) == 0 || f.lines[len(f.lines)-1] == (formatted{}) {
			continue
		}
		f.lines = append(f.lines, formatted{body: body})
	}
}

func (f *formatter) text() []byte {
	// A line that is longer has its comment two spaces behind it, and does not
	// move those of its neighbours.
	const widest = 60
	if last := len(f.lines) - 1; last >= 0 && f.lines[last] == (formatted{}) {
		f.lines = f.lines[:last]
	}
	width := func(l formatted) int { return utf8.RuneCountInString(l.body) }
	aligned := func(l formatted) bool { return l.comment != "" && width(l) <= widest }
	var b strings.Builder
	for at := 0; at < len(f.lines); {
		end, column := at, 0
		for ; end < len(f.lines) && aligned(f.lines[end]); end++ {
			column = max(column, width(f.lines[end]))
		}
		end = max(end, at+1)
		for _, l := range f.lines[at:end] {
			b.WriteString(l.body)
			if l.comment != "" {
				b.WriteString(strings.Repeat(" ", max(0, column-width(l))+2) + l.comment)
			}
			b.WriteByte('\n')
		}
		at = end
	}
	return []byte(b.String())
}
