package manual

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// man writes a man page in the macros of man(7), which all systems have: the
// tool, with its commands below it.
func man(w io.Writer, app *kong.Node, vars kong.Vars) {
	p := roff{printer{w}}
	p.line(`.TH %s 1 "%s" "gozyre %s" "gozyre"`, roffText(strings.ToUpper(app.Name)), vars["date"], roffText(vars["release"]))
	p.line(".SH NAME")
	first := brief(app.Help)
	p.line(`%s \- %s`, roffText(app.Name), roffText(strings.ToLower(first[:1])+first[1:]))
	p.line(".SH SYNOPSIS")
	p.usage(app)
	p.line(".SH DESCRIPTION")
	p.prose(app.Help + "\n\n" + app.Detail)
	p.arguments(app)
	p.line(".SH OPTIONS")
	p.flags(app)
	if len(commands(app)) > 0 {
		p.line(".SH COMMANDS")
		p.line("The options above go with each of them.")
		visit(app, func(n *kong.Node) {
			if n == app {
				return
			}
			p.line(".SS %s", roffText(n.FullPath()))
			p.usage(n)
			p.line(".PP")
			p.prose(n.Help + "\n\n" + n.Detail)
			p.arguments(n)
			p.flags(n)
		})
	}
	p.line(".SH EXIT STATUS")
	p.item("0", "What was asked for was done.")
	p.item("1", "It was not; standard error says why.")
	p.item("2", "The command line makes no sense; nothing was tried.")
	p.line(".SH SEE ALSO")
	p.line("https://github.com/zeromq/gozyre")
}

type roff struct{ printer }

// usage writes one line: what may be typed.
func (p roff) usage(n *kong.Node) {
	line := `\fB` + roffText(n.FullPath()) + `\fR`
	switch {
	case n.DefaultCmd != nil:
		line += ` [\fIcommand\fR]`
	case len(commands(n)) > 0:
		line += ` \fIcommand\fR`
	}
	line += ` [\fIoptions\fR]`
	for _, a := range n.Positional {
		name := `\fI` + roffText(a.Name) + `\fR`
		if a.IsCumulative() {
			name += " ..."
		}
		if !a.Required {
			name = "[" + name + "]"
		}
		line += " " + name
	}
	p.line("%s", line)
}

// prose writes paragraphs. Those that are indented are shown as they are.
func (p roff) prose(text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		if !strings.HasPrefix(paragraph, "    ") {
			p.line("%s", roffText(strings.Join(strings.Fields(paragraph), " ")))
			continue
		}
		p.line(".nf")
		for line := range strings.SplitSeq(paragraph, "\n") {
			p.line("%s", roffText(line))
		}
		p.line(".fi")
	}
}

func (p roff) arguments(n *kong.Node) {
	for _, a := range n.Positional {
		p.item(`\fI`+roffText(a.Name)+`\fR`, a.Help)
	}
}

func (p roff) flags(n *kong.Node) {
	for _, f := range own(n) {
		var names []string
		for _, word := range words(f) {
			names = append(names, `\fB`+roffText(word)+`\fR`)
		}
		tag := strings.Join(names, ", ")
		if takes(f) {
			tag += `=\fI` + roffText(f.FormatPlaceHolder()) + `\fR`
		}
		help := f.Help
		for _, name := range f.Envs {
			help += " Environment: $" + name + "."
		}
		p.item(tag, help)
	}
}

// item writes an entry of a list; tag is roff already.
func (p roff) item(tag, text string) {
	p.line(".TP\n%s\n%s", tag, roffText(text))
}

var roffEscapes = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`, `"`, `\(dq`)

// roffText makes text mean itself: else a hyphen is no minus sign that can be
// typed, and a line that begins with a full stop is a macro.
func roffText(text string) string {
	text = roffEscapes.Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}
