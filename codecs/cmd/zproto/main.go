// Command zproto makes everything that a model of a protocol says: code, grammar, tables, pictures, test vectors, and
// whatever a template makes of it. Every go:generate of this project calls it:
//
//	zproto go zre_msg.xml                the codec: zre_msg_gen.go beside the model
//	zproto server nom_server.xml         the engine of a server; zproto client that of a client
//	zproto selftest nom_server.xml       a test that has the model's conversation with the engine
//	zproto vectors -o DIR zre_msg.xml    messages in octets, to be accepted or refused, for any language
//	zproto abnf zre_msg.xml              the grammar, as RFC 5234 has it
//	zproto tables messages zre_msg.xml   Markdown; so are constants, states and listing
//	zproto dot states nom_server.xml     Graphviz's language; so is layout
//	zproto lua zre_msg.xml fmq_msg.xml   a dissector for Wireshark, of all protocols that are to be seen
//	zproto template FILE zre_msg.xml     anything else, by a template of Go's text/template
//	zproto check zre_msg.xml             says what is wrong with a model, as all others do
//
// The package github.com/zeromq/gozyre/codecs/zproto tells what a model and a template may hold.
//
// It exits with 0 when all went well, 1 when a model is wrong or a file cannot be read or written, and 2 when
// the command line is wrong. What is wrong with a model is said as file:line:column: sentence.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/zeromq/gozyre/codecs/zproto"
)

type cli struct {
	Go       goCmd       `cmd:"" help:"Write the Go codec of a model."`
	Server   serverCmd   `cmd:"" help:"Write the Go engine of a server's state machine."`
	Client   clientCmd   `cmd:"" help:"Write the Go engine of a client's state machine."`
	Selftest selftestCmd `cmd:"" help:"Write a Go test that has the model's selftest with the engine."`
	Vectors  vectorsCmd  `cmd:"" help:"Write test vectors of the model's messages."`
	ABNF     abnfCmd     `cmd:"" name:"abnf" help:"Print the grammar, as RFC 5234 has it."`
	Tables   tablesCmd   `cmd:"" help:"Print Markdown for a specification."`
	Dot      dotCmd      `cmd:"" help:"Print a picture in Graphviz's language."`
	Lua      luaCmd      `cmd:"" help:"Print a dissector for Wireshark, in Lua."`
	Template templateCmd `cmd:"" help:"Print what a template makes of a model, or of any XML."`
	Check    checkCmd    `cmd:"" help:"Check models and say what is wrong with them."`
}

type checkCmd struct {
	Models []string `arg:"" help:"Models, XML files."`
}

// Run is called by kong.
func (c *checkCmd) Run() error {
	var errs []error
	for _, name := range c.Models {
		_, err := zproto.Load(name)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// asCommand lets -template FILE MODEL, which other generators have as an option, stand for the command template.
func asCommand(args []string) []string {
	given := len(args) > 0 && (isFlag(args[0], "template") || isFlag(args[0], "tree"))
	if !given {
		return args
	}
	out := []string{"template"}
	for _, a := range args {
		switch {
		case isFlag(a, "template"):
		case isFlag(a, "tree"):
			out = append(out, "--tree")
		default:
			out = append(out, a)
		}
	}
	return out
}

func isFlag(arg, name string) bool {
	return strings.TrimPrefix(arg, "-") == "-"+name || arg == "-"+name
}

func main() {
	parser := kong.Must(&cli{},
		kong.Name("zproto"),
		kong.Description("Makes code, grammars, tables, pictures and vectors out of protocol models."),
	)
	ctx, err := parser.Parse(asCommand(os.Args[1:]))
	if err != nil {
		fmt.Fprintf(os.Stderr, "zproto: %v\n", err)
		fmt.Fprintln(os.Stderr, "zproto --help explains the command line.")
		os.Exit(2)
	}
	if err := ctx.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
