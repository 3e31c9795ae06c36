// Command zproto makes code out of protocol models. Every go:generate of this module calls it:
//
//	zproto go zre_msg.xml
//
// reads the model zre_msg.xml and writes zre_msg_gen.go beside it, for the package that go generate is
// working on. zproto check only checks models.
//
// It exits with 0 when all went well, 1 when a model is wrong or a file cannot be read or written, and 2 when
// the command line is wrong. What is wrong with a model is said as file:line:column: sentence.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/zeromq/gozyre/codecs/zproto"
)

type cli struct {
	Go    goCmd    `cmd:"" help:"Write the Go codec of a model."`
	Check checkCmd `cmd:"" help:"Check models and say what is wrong with them."`
}

type goCmd struct {
	Model   string `arg:"" help:"The model, an XML file."`
	Output  string `short:"o" help:"The file to write. Default: the model's name with _gen.go, in the same folder." placeholder:"FILE"`
	Package string `short:"p" help:"Name of the Go package. go generate knows it." env:"GOPACKAGE" required:"" placeholder:"NAME"`
}

// Run is called by kong.
func (c *goCmd) Run() error {
	class, err := read(c.Model)
	if err != nil {
		return err
	}
	src, err := zproto.Go(class, zproto.GoOptions{Package: c.Package, Source: filepath.Base(c.Model)})
	if err != nil {
		return err
	}
	out := c.Output
	if out == "" {
		out = strings.TrimSuffix(c.Model, filepath.Ext(c.Model)) + "_gen.go"
	}
	return os.WriteFile(out, src, 0o666)
}

type checkCmd struct {
	Models []string `arg:"" help:"Models, XML files."`
}

// Run is called by kong.
func (c *checkCmd) Run() error {
	var errs []error
	for _, name := range c.Models {
		_, err := read(name)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func read(name string) (*zproto.Class, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return zproto.Parse(name, data)
}

func main() {
	parser := kong.Must(&cli{},
		kong.Name("zproto"),
		kong.Description("Makes code out of protocol models."),
	)
	ctx, err := parser.Parse(os.Args[1:])
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
