// Filemq gets files from one machine to others, as they appear.
package main

import (
	"context"
	"os"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/filemq"
)

type flags struct {
	cli.Common
	Serve  serveFlags  `cmd:"" help:"Offer directories."`
	Get    getFlags    `cmd:"" help:"Receive the files below a path of a server, and what changes there."`
	Run    runFlags    `cmd:"" help:"Do what a configuration says: serve, receive, or both at once."`
	Config configFlags `cmd:"" help:"Print what a configuration comes to, and where each value came from."`
}

type login struct {
	User         string `help:"Login, by PLAIN." placeholder:"NAME"`
	PasswordFile string `help:"File with the password in it." placeholder:"FILE"`
}

type serveFlags struct {
	cli.Carrier
	login
	Dirs      []string `arg:"" optional:"" name:"dir" help:"Directories, each as DIR or DIR:/virtual, the path under which it is offered (default /)."`
	Bind      string   `help:"Where to listen (default tcp://*:5670); port * is any that is free." placeholder:"ENDPOINT"`
	Config    string   `help:"Configuration in ZPL, or in TOML if its name ends with .toml. What the command line says goes before it." placeholder:"FILE"`
	NoLinks   bool     `help:"Offer files that end with .ln as they are. Otherwise they are links."`
	Anonymous bool     `help:"Let everybody in, even with --user."`
	JSON      bool     `help:"Print JSON, one object a line." name:"json"`
}

type getFlags struct {
	cli.Carrier
	login
	Endpoint string `arg:"" help:"The server: HOST, HOST:PORT or tcp://HOST:PORT (default port 5670)."`
	Path     string `arg:"" help:"The virtual path; / is everything."`
	Inbox    string `arg:"" help:"The directory for what arrives. It is made if it is not there."`
	Config   string `help:"Configuration, of which the section client counts. What the command line says goes before it." placeholder:"FILE"`
	Resync   bool   `help:"Get what is there already, too, except what the inbox has."`
	Mirror   bool   `help:"Make the inbox a copy: delete what the server does not have. Includes --resync."`
	Once     bool   `help:"Leave when everything is here. Includes --resync."`
	JSON     bool   `help:"Print JSON, one event a line." name:"json"`
}

type overrides struct {
	Bind      string `help:"Where to listen." placeholder:"ENDPOINT"`
	NoLinks   bool   `help:"Offer files that end with .ln as they are."`
	Anonymous bool   `help:"Let everybody in."`
	Resync    bool   `help:"Get what is there already, too, except what the inbox has."`
	Mirror    bool   `help:"Make the inbox a copy: delete what the server does not have."`
}

func (o overrides) options(file string) filemq.RunOptions {
	return filemq.RunOptions{File: file, Bind: o.Bind, NoLinks: o.NoLinks, Anonymous: o.Anonymous, Resync: o.Resync, Mirror: o.Mirror}
}

type runFlags struct {
	cli.Carrier
	overrides
	File string `arg:"" help:"Configuration in ZPL, or in TOML if its name ends with .toml."`
	JSON bool   `help:"Print JSON, one object a line." name:"json"`
}

type configFlags struct {
	overrides
	File string `arg:"" optional:"" help:"Configuration in ZPL, or in TOML if its name ends with .toml. Default: what is shipped."`
}

const description = `Gets files from one machine to others, as they appear.

A server offers directories under virtual paths; clients subscribe to paths, and files arrive in their inboxes: whole, checked, and resumed after an interruption.`

func main() { os.Exit(cli.Main("filemq", description, &flags{})) }

// The Run methods are called by kong.

func (f *serveFlags) Run(ctx context.Context, std cli.Streams) error {
	return filemq.Serve(ctx, filemq.ServeOptions{Carrier: f.Carrier, Login: filemq.Login(f.login), Dirs: f.Dirs, Bind: f.Bind,
		Config: f.Config, NoLinks: f.NoLinks, Anonymous: f.Anonymous, JSON: f.JSON}, std)
}

func (f *getFlags) Run(ctx context.Context, std cli.Streams) error {
	return filemq.Get(ctx, filemq.GetOptions{Carrier: f.Carrier, Login: filemq.Login(f.login), Endpoint: f.Endpoint, Path: f.Path,
		Inbox: f.Inbox, Config: f.Config, Resync: f.Resync, Mirror: f.Mirror, Once: f.Once, JSON: f.JSON}, std)
}

func (f *runFlags) Run(ctx context.Context, std cli.Streams) error {
	o := f.options(f.File)
	o.Carrier, o.JSON = f.Carrier, f.JSON
	return filemq.Run(ctx, o, std)
}

func (f *configFlags) Run(ctx context.Context, std cli.Streams) error {
	return filemq.Config(ctx, f.options(f.File), std)
}
