package manual

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// bash writes a function that walks over the words so far, to know which
// command they have come to and whether a flag waits for its value. It needs
// nothing but bash.
func bash(w io.Writer, app *kong.Node, _ kong.Vars) {
	p := printer{w}
	p.line("# Completions of bash for %s.", app.Name)
	p.line("_%s() {", app.Name)
	p.line(`	local cur=${COMP_WORDS[COMP_CWORD]} at=%s waits='' word i words='' flags=''`, shellWord(app.Name))
	p.line(`	COMPREPLY=()`)
	p.line(`	for ((i = 1; i < COMP_CWORD; i++)); do`)
	p.line(`		word=${COMP_WORDS[i]}`)
	p.line(`		[[ $word == '=' ]] && continue`)
	p.line(`		[[ $waits ]] && { waits=''; continue; }`)
	p.line(`		case "$at $word" in`)
	visit(app, func(n *kong.Node) {
		for _, c := range commands(n) {
			p.line(`		%s) at=%s ;;`, shellWord(n.FullPath()+" "+c.Name), shellWord(c.FullPath()))
		}
		for _, f := range all(n) {
			if takes(f) {
				var patterns []string
				for _, word := range words(f) {
					patterns = append(patterns, shellWord(n.FullPath()+" "+word))
				}
				p.line(`		%s) waits=%s ;;`, strings.Join(patterns, " | "), kindWord(f))
			}
		}
	})
	p.line(`		esac`)
	p.line(`	done`)
	p.line(`	[[ $cur == '=' ]] && cur=''`)
	p.line(`	case $waits in`)
	p.line(`	file) return ;; # bash does that by itself`)
	p.line(`	dir) compopt +o default -o dirnames 2>/dev/null; return ;;`)
	p.line(`	other) compopt +o default +o bashdefault 2>/dev/null; return ;;`)
	p.line(`	?*) words=${waits#choice } ;;`)
	p.line(`	*)`)
	p.line(`		case $at in`)
	visit(app, func(n *kong.Node) {
		var names, flags []string
		for _, c := range commands(n) {
			names = append(names, c.Name)
		}
		for _, f := range all(n) {
			flags = append(flags, words(f)...)
		}
		p.line(`		%s) words=%s flags=%s ;;`, shellWord(n.FullPath()),
			shellWord(strings.Join(names, " ")), shellWord(strings.Join(flags, " ")))
	})
	p.line(`		esac`)
	p.line(`		[[ $cur == -* ]] && words=$flags ;;`)
	p.line(`	esac`)
	p.line(`	[[ $words ]] && COMPREPLY=($(compgen -W "$words" -- "$cur"))`)
	p.line(`}`)
	p.line("complete -o default -o bashdefault -F _%s %s", app.Name, app.Name)
}

// kindWord is what a flag waits for, as the scripts of bash and fish call it.
func kindWord(f *kong.Flag) string {
	switch kindOf(f) {
	case file:
		return "file"
	case dir:
		return "dir"
	case choice:
		return shellWord("choice " + strings.Join(f.EnumSlice(), " "))
	}
	return "other"
}

// shellWord makes text one word of bash and zsh.
func shellWord(text string) string { return `'` + strings.ReplaceAll(text, `'`, `'\''`) + `'` }
