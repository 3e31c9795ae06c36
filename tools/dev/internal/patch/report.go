package patch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// finding is one thing that is wrong with a patch.
type finding struct {
	where string // which commit, or which file
	what  string
	why   string // the rule
	mend  string // commands, one a line; what is to be said of one stands behind it
}

// report prints what was found, as soon as it was.
type report struct {
	e     *repo.Env
	count int
}

func (r *report) add(found ...finding) {
	for _, f := range found {
		r.count++
		fmt.Fprintf(r.e.Stdout, "\n%d. %s\n", r.count, visible(f.where))
		for _, part := range []struct{ name, text string }{{"What", f.what}, {"Why", f.why}, {"Mend", f.mend}} {
			for i, line := range strings.Split(part.text, "\n") {
				name := ""
				if i == 0 {
					name = part.name + ":"
				}
				fmt.Fprintln(r.e.Stdout, strings.TrimRight(fmt.Sprintf("   %-6s%s", name, visible(strings.ReplaceAll(line, "\t", " "))), " "))
			}
		}
	}
}

// quote shows what somebody else wrote, so that nothing of it can play with the
// reader's terminal, and not more of it than fits a line.
func quote(s string) string {
	const longest = 100
	if r := []rune(s); len(r) > longest {
		return strconv.Quote(string(r[:longest])) + "…"
	}
	return strconv.Quote(s)
}

// named quotes a file's name if it has to be.
func named(path string) string {
	if q := strconv.Quote(path); q != `"`+path+`"` || strings.ContainsAny(path, " ,") {
		return q
	}
	return path
}

// some lists the first of many files.
func some(files []string) string {
	const most = 4
	var out []string
	for i, f := range files {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(files)-most))
			break
		}
		out = append(out, named(f))
	}
	return strings.Join(out, ", ")
}

// harmless is what no shell takes for anything but itself.
var harmless = regexp.MustCompile(`^[\w.][\w./-]*$`)

// shell quotes an argument for a POSIX shell, if it has to be: people paste it, and
// somebody else chose it.
func shell(s string) string {
	if harmless.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// visible shows what would play with the reader's terminal as an escape, for instance
// as \x1b, and leaves all else as it is.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
