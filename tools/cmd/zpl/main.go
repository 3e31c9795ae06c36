// Zpl formats, reads, changes, checks and converts configuration in ZPL.
package main

import (
	"context"
	"os"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zpl"
)

type flags struct {
	cli.Common
	Fmt     fmtFlags     `cmd:"" help:"Print files in the standard form. Comments stay."`
	Get     getFlags     `cmd:"" help:"Print a value. Exit code 1 if it is not there."`
	Set     setFlags     `cmd:"" help:"Change a value, or add it. Everything else of the file stays as it is."`
	Check   checkFlags   `cmd:"" help:"Say what is wrong in files, and where: every mistake."`
	Convert convertFlags `cmd:"" help:"Turn ZPL into TOML or JSON, or back. Refuses what the other format cannot say."`
}

type fmtFlags struct {
	Write bool     `help:"Rewrite the files instead of printing them." short:"w"`
	Files []string `arg:"" name:"file" help:"Files in ZPL; - is stdin."`
}

type getFlags struct {
	All  bool   `help:"Print the value of each property of that name, one a line."`
	File string `arg:"" help:"A file in ZPL; - is stdin."`
	Path string `arg:"" help:"Names from the outermost on, with / between: publish/location, or publish[2]/location."`
}

type setFlags struct {
	File  string `arg:"" help:"A file in ZPL; - reads stdin and prints the result."`
	Path  string `arg:"" help:"Names from the outermost on, with / between: publish/location, or publish[2]/location."`
	Value string `arg:"" help:"The value, without quotes of ZPL. If it begins with -, put -- before FILE."`
}

type checkFlags struct {
	Files []string `arg:"" name:"file" help:"Files in ZPL; - is stdin."`
}

type convertFlags struct {
	From   string `help:"What FILE is: zpl, toml or json. Default: what its name ends in." placeholder:"FORMAT"`
	To     string `help:"What to make of it. Default: what the name of --output ends in." placeholder:"FORMAT"`
	Output string `help:"Where to write it. Default: stdout." short:"o" placeholder:"FILE"`
	File   string `arg:"" help:"What to convert; - is stdin."`
}

const description = `Works with configuration in ZPL: names and values in a hierarchy, shown by indentation.`

func main() { os.Exit(cli.Main("zpl", description, &flags{})) }

// The Run methods are called by kong.

func (f *fmtFlags) Run(ctx context.Context, std cli.Streams) error {
	return zpl.Fmt(ctx, f.Files, f.Write, std)
}

func (f *getFlags) Run(ctx context.Context, std cli.Streams) error {
	return zpl.Get(ctx, f.File, f.Path, f.All, std)
}

func (f *setFlags) Run(ctx context.Context, std cli.Streams) error {
	return zpl.Set(ctx, f.File, f.Path, f.Value, std)
}

func (f *checkFlags) Run(ctx context.Context, std cli.Streams) error {
	return zpl.Check(ctx, f.Files, std)
}

func (f *convertFlags) Run(ctx context.Context, std cli.Streams) error {
	return zpl.Convert(ctx, zpl.Conversion{File: f.File, From: f.From, To: f.To, Output: f.Output}, std)
}
