package zproto

import "strings"

const (
	ruleColumn = 16 // where "=" stands
	ruleWidth  = 72 // as in the RFCs
)

// write adds a rule, its documentation above it. A remark behind the text (" ; …") stays in its last line.
func (g *grammar) write(doc, name, text string) {
	doc = strings.TrimSpace(doc)
	if g.out.Len() > 0 && (doc != "" || g.apart) {
		g.out.WriteByte('\n')
	}
	g.apart = doc != ""
	for paragraph := range strings.Lines(doc) {
		for _, line := range wrap(strings.Fields(ascii(paragraph)), ruleWidth-2) {
			g.out.WriteString("; " + line + "\n")
		}
	}
	text, remark, given := strings.Cut(text, " ; ")
	indent := strings.Repeat(" ", ruleColumn+2)
	g.out.WriteString(name + strings.Repeat(" ", max(1, ruleColumn-len(name))) + "= ")
	g.out.WriteString(strings.Join(wrap(elements(text), ruleWidth-len(indent)), "\n"+indent))
	if given {
		g.out.WriteString(" ; " + remark)
	}
	g.out.WriteByte('\n')
}

// elements cuts a rule where it may be broken: behind a "/" if it has alternatives, else anywhere.
func elements(text string) []string {
	if !strings.Contains(text, " / ") || strings.Contains(text, "(") {
		return strings.Fields(text)
	}
	list := strings.Split(text, " / ")
	for i := range len(list) - 1 {
		list[i] += " /"
	}
	return list
}

// wrap makes lines out of words.
func wrap(words []string, width int) []string {
	var out []string
	line := ""
	for _, word := range words {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			out, line = append(out, line), word
		default:
			line += " " + word
		}
	}
	return append(out, line)
}

// ascii writes text with the characters that RFC 5234 knows.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~' || r == '\n':
			b.WriteRune(r)
		case asciiForms[r] != "":
			b.WriteString(asciiForms[r])
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

var asciiForms = map[rune]string{
	'\t': " ", '\r': " ", '\u00a0': " ", '–': "-", '—': "-", '−': "-", '…': "...", '“': `"`, '”': `"`, '‘': "'", '’': "'",
	'→': "->", '←': "<-", '×': "x", '≤': "<=", '≥': ">=",
}
