package manual

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// fish writes a function that tells which command the words so far have come
// to, as in bash, and a line for all that may follow.
func fish(w io.Writer, app *kong.Node, _ kong.Vars) {
	p := printer{w}
	at := "__" + app.Name + "_at"
	p.line("# Completions of fish for %s.", app.Name)
	p.line("function %s", at)
	p.line("	set -l at %s", fishWord(app.Name))
	p.line("	set -l waits no")
	p.line("	for word in (commandline -opc)[2..-1]")
	p.line("		if test $waits = yes")
	p.line("			set waits no")
	p.line("			continue")
	p.line("		end")
	p.line(`		switch "$at $word"`)
	visit(app, func(n *kong.Node) {
		for _, c := range commands(n) {
			p.line("			case %s", fishWord(n.FullPath()+" "+c.Name))
			p.line("				set at %s", fishWord(c.FullPath()))
		}
		for _, f := range all(n) {
			if takes(f) {
				for _, word := range words(f) {
					p.line("			case %s", fishWord(n.FullPath()+" "+word))
					p.line("				set waits yes")
				}
			}
		}
	})
	p.line("		end")
	p.line("	end")
	p.line(`	test "$at" = "$argv"`)
	p.line("end")
	p.line("complete -c %s -f", app.Name)
	visit(app, func(n *kong.Node) {
		here := "complete -c " + app.Name + " -n " + fishWord(at+" "+n.FullPath())
		for _, c := range commands(n) {
			p.line("%s -a %s -d %s", here, fishWord(c.Name), fishWord(brief(c.Help)))
		}
		if len(n.Positional) > 0 {
			p.line("%s -F", here)
		}
		for _, f := range all(n) {
			line := here + " -l " + f.Name
			if f.Short != 0 {
				line += " -s " + string(f.Short)
			}
			if takes(f) {
				switch kindOf(f) {
				case file:
					line += " -r -F"
				case dir:
					line += " -x -a '(__fish_complete_directories)'"
				case choice:
					line += " -x -a " + fishWord(strings.Join(f.EnumSlice(), " "))
				default:
					line += " -x"
				}
			}
			p.line("%s -d %s", line, fishWord(brief(f.Help)))
		}
	})
}

// fishWord makes text one word of fish.
func fishWord(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
