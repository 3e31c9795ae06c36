// Package manual makes a tool's man page, and its completions for bash, zsh and
// fish, out of the command line that kong reads. So they say what the tool
// does, and nothing has to be kept equal by hand. Embed Flags in a grammar:
//
//	dechat --help-man | man -l -
//	source <(dechat --help-bash)
//
// What is hidden from --help is hidden here. There are libraries for this; none
// that is kept makes all four out of kong.
package manual

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Flags print a page each, and leave. --help does not show them: they are for
// packages, and for the README.
type Flags struct {
	HelpMan  page `hidden:"" help:"Print the man page, and leave."`
	HelpBash page `hidden:"" help:"Print the completions for bash, and leave."`
	HelpZsh  page `hidden:"" help:"Print the completions for zsh, and leave."`
	HelpFish page `hidden:"" help:"Print the completions for fish, and leave."`
}

// Makers are the pages by the name of the flag that prints each. Of vars the man page takes
// "release" and "date".
var Makers = map[string]func(w io.Writer, app *kong.Node, vars kong.Vars){
	"help-man":  man,
	"help-bash": bash,
	"help-zsh":  zsh,
	"help-fish": fish,
}

type page bool

// BeforeReset is called by kong when the flag is there, before it asks for
// arguments that are not.
func (page) BeforeReset(app *kong.Kong, at *kong.Path, vars kong.Vars) error {
	Makers[at.Flag.Name](app.Stdout, app.Model.Node, vars)
	app.Exit(0)
	return nil
}

// commands returns the commands below a node that a user may see.
func commands(n *kong.Node) []*kong.Node {
	var out []*kong.Node
	for _, c := range n.Children {
		if !c.Hidden {
			out = append(out, c)
		}
	}
	return out
}

// own returns a node's flags that a user may see, without those of its parents.
func own(n *kong.Node) []*kong.Flag {
	var out []*kong.Flag
	for _, f := range n.Flags {
		if !f.Hidden {
			out = append(out, f)
		}
	}
	return out
}

// all returns the flags that may stand behind a node: its own, its parents',
// and those of the command that it means when none is named.
func all(n *kong.Node) []*kong.Flag {
	var out []*kong.Flag
	if n.DefaultCmd != nil {
		out = own(n.DefaultCmd)
	}
	for ; n != nil; n = n.Parent {
		out = append(own(n), out...)
	}
	return out
}

// visit calls f for a node and all commands below it.
func visit(n *kong.Node, f func(*kong.Node)) {
	f(n)
	for _, c := range commands(n) {
		visit(c, f)
	}
}

// words returns how a flag is typed: -d, --database.
func words(f *kong.Flag) []string {
	out := []string{"--" + f.Name}
	if f.Short != 0 {
		out = append([]string{"-" + string(f.Short)}, out...)
	}
	return out
}

// takes reports whether a word with its value follows the flag.
func takes(f *kong.Flag) bool { return !f.IsBool() && !f.IsCounter() }

// What a value is, as far as a shell can help.
type kind int

const (
	other kind = iota
	file
	dir
	choice // one of EnumSlice
)

func kindOf(f *kong.Flag) kind {
	switch name := f.FormatPlaceHolder(); {
	case f.Enum != "":
		return choice
	case strings.HasPrefix(name, "FILE"):
		return file
	case strings.HasPrefix(name, "DIR"):
		return dir
	}
	return other
}

// brief returns the first sentence of a help, without its full stop.
func brief(help string) string {
	help, _, _ = strings.Cut(help, "\n")
	if at := strings.Index(help, ". "); at >= 0 {
		help = help[:at]
	}
	return strings.TrimSuffix(help, ".")
}

// printer writes lines.
type printer struct{ io.Writer }

func (p printer) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }
