package manual

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// zsh writes a function for the tool and for each of its commands.
func zsh(w io.Writer, app *kong.Node, _ kong.Vars) {
	p := printer{w}
	p.line("#compdef %s", app.Name)
	visit(app, func(n *kong.Node) {
		p.line("")
		p.line("%s() {", zshName(n))
		p.line(`	local context="$context" curcontext="$curcontext" state state_descr line`)
		p.line("	typeset -A opt_args")
		specs := make([]string, 0, len(n.Flags)+len(n.Positional))
		for _, f := range all(n) {
			specs = append(specs, zshFlag(f))
		}
		list := commands(n)
		if len(list) > 0 {
			specs = append(specs, `'1: :->command'`, `'*::argument:->rest'`)
		}
		for i, a := range n.Positional {
			specs = append(specs, zshArgument(i, a))
		}
		p.line("	_arguments -s -C \\\n\t\t%s && return", strings.Join(specs, " \\\n\t\t"))
		if len(list) > 0 {
			p.line("	case $state in")
			p.line("	command)")
			p.line("		local -a commands=(")
			for _, c := range list {
				p.line("			%s", shellWord(strings.ReplaceAll(c.Name, ":", `\:`)+":"+brief(c.Help)))
			}
			p.line("		)")
			p.line("		_describe command commands ;;")
			p.line("	rest)")
			p.line("		case $line[1] in")
			for _, c := range list {
				p.line("		%s) %s ;;", shellWord(c.Name), zshName(c))
			}
			p.line("		esac ;;")
			p.line("	esac")
		}
		p.line("}")
	})
	p.line("")
	p.line("# Found in $fpath it is the function's body; sourced, it has to register itself.")
	p.line(`if [[ $funcstack[1] == _%s ]]; then`, app.Name)
	p.line(`	_%s "$@"`, app.Name)
	p.line("else")
	p.line("	compdef _%s %s", app.Name, app.Name)
	p.line("fi")
}

// zshName is the function of a command: _zyre_log_query.
func zshName(n *kong.Node) string {
	return "_" + strings.NewReplacer(" ", "_", "-", "_").Replace(n.FullPath())
}

var zshEscapes = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `:`, `\:`)

// zshFlag is a flag as _arguments wants it: '(-d --database)'{-d+,--database=}'[help]:FILE:_files'.
func zshFlag(f *kong.Flag) string {
	rest, long, short := "["+zshEscapes.Replace(brief(f.Help))+"]", "", ""
	if takes(f) {
		long, short = "=", "+"
		rest += ":" + zshEscapes.Replace(f.FormatPlaceHolder()) + ":" + zshAction(f)
	}
	names, repeated := words(f), f.IsCumulative()
	if len(names) == 1 {
		spec := names[0] + long
		if repeated {
			spec = "*" + spec
		}
		return shellWord(spec + rest)
	}
	before := "(" + strings.Join(names, " ") + ")"
	if repeated {
		before = "*"
	}
	return shellWord(before) + "{" + names[0] + short + "," + names[1] + long + "}" + shellWord(rest)
}

func zshAction(f *kong.Flag) string {
	switch kindOf(f) {
	case file:
		return "_files"
	case dir:
		return "_files -/"
	case choice:
		return "(" + strings.Join(f.EnumSlice(), " ") + ")"
	}
	return " "
}

func zshArgument(i int, a *kong.Positional) string {
	place := string(rune('1' + i))
	if a.IsCumulative() {
		place = "*"
	} else if !a.Required {
		place += ":"
	}
	return shellWord(place + ":" + zshEscapes.Replace(a.Name) + ":_files")
}
