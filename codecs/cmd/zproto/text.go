package main

import (
	"errors"
	"os"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// text is what all commands have that print.
type text struct {
	Output string `short:"o" help:"The file to write instead of standard output." placeholder:"FILE"`
}

func (t *text) print(out []byte, err error) error {
	if err != nil {
		return err
	}
	if t.Output != "" {
		return os.WriteFile(t.Output, out, 0o666)
	}
	_, err = os.Stdout.Write(out)
	return err
}

type abnfCmd struct {
	Model string `arg:"" help:"The model, an XML file."`
	Exact int    `help:"Spell out all lengths and counts up to this one, for programs to compare with the codec." placeholder:"N"`
	text  `embed:""`
}

// Run is called by kong.
func (c *abnfCmd) Run() error {
	class, err := zproto.Load(c.Model)
	if err != nil {
		return err
	}
	return c.print(zproto.ABNF(class, zproto.ABNFOptions{Exact: c.Exact}))
}

type luaCmd struct {
	Models []string `arg:"" help:"The models, XML files, of all protocols to be seen."`
	text   `embed:""`
}

// Run is called by kong.
func (c *luaCmd) Run() error {
	var classes []*zproto.Class
	var errs []error
	for _, name := range c.Models {
		class, err := zproto.Load(name)
		classes, errs = append(classes, class), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.print(zproto.Lua(classes))
}

type tablesCmd struct {
	Kind  string `arg:"" enum:"messages,constants,states,listing" help:"What to print: messages, constants, states or listing (frames by number)."`
	Model string `arg:"" help:"The model, an XML file."`
	text  `embed:""`
}

// Run is called by kong.
func (c *tablesCmd) Run() error {
	class, err := zproto.Load(c.Model)
	if err != nil {
		return err
	}
	table := map[string]func(*zproto.Class) ([]byte, error){
		"messages": zproto.MessageTables, "constants": zproto.ConstantTable, "states": zproto.StateTables, "listing": zproto.Listing,
	}[c.Kind]
	return c.print(table(class))
}

type dotCmd struct {
	Kind  string `arg:"" enum:"states,layout" help:"What to draw: states, or the layout of a message."`
	Model string `arg:"" help:"The model, an XML file."`
	Name  string `help:"Of states: the one to draw; default: all. Of a layout: the message." placeholder:"NAME"`
	text  `embed:""`
}

// Run is called by kong.
func (c *dotCmd) Run() error {
	class, err := zproto.Load(c.Model)
	if err != nil {
		return err
	}
	draw := zproto.StateDiagram
	if c.Kind == "layout" {
		draw = zproto.MessageLayout
	}
	p, err := draw(class, c.Name)
	return c.print(p.Dot, err)
}

type templateCmd struct {
	Template string `arg:"" help:"The template, of Go's text/template."`
	Model    string `arg:"" help:"The model, an XML file; with --tree any XML."`
	Tree     bool   `help:"Take any XML: the template gets its elements."`
	text     `embed:""`
}

// Run is called by kong.
func (c *templateCmd) Run() error {
	source, err := os.ReadFile(c.Template)
	if err != nil {
		return err
	}
	var data any
	if c.Tree {
		data, err = zproto.LoadTree(c.Model)
	} else {
		data, err = zproto.Load(c.Model)
	}
	if err != nil {
		return err
	}
	return c.print(zproto.Template(c.Template, string(source), data))
}
