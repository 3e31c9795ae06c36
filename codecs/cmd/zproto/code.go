package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/codecs/zproto"
)

// source is what all commands have that write a Go file.
type source struct {
	Model   string `arg:"" help:"The model, an XML file."`
	Output  string `short:"o" help:"The file to write. Default: the model's name with ${suffix}, in the same folder." placeholder:"FILE"`
	Package string `short:"p" help:"Name of the Go package. go generate knows it." env:"GOPACKAGE" required:"" placeholder:"NAME"`
}

// write makes the file out of the model.
func (s *source) write(suffix string, generate func(*zproto.Class) ([]byte, error)) error {
	class, err := zproto.Load(s.Model)
	if err != nil {
		return err
	}
	src, err := generate(class)
	if err != nil {
		return err
	}
	out := s.Output
	if out == "" {
		out = strings.TrimSuffix(s.Model, filepath.Ext(s.Model)) + suffix
	}
	return os.WriteFile(out, src, 0o666)
}

type goCmd struct {
	source `embed:"" set:"suffix=_gen.go"`
}

// Run is called by kong.
func (c *goCmd) Run() error {
	return c.write("_gen.go", func(class *zproto.Class) ([]byte, error) {
		return zproto.Go(class, zproto.GoOptions{Package: c.Package, Source: filepath.Base(c.Model)})
	})
}

// engine is what the commands have that write for an engine.
type engine struct {
	Codec string `help:"Import path of the messages' codec." required:"" placeholder:"IMPORT"`
}

func (e *engine) options(s *source) zproto.EngineOptions {
	return zproto.EngineOptions{Package: s.Package, Source: filepath.Base(s.Model), Codec: e.Codec}
}

type serverCmd struct {
	source `embed:"" set:"suffix=_gen.go"`
	engine `embed:""`
}

// Run is called by kong.
func (c *serverCmd) Run() error {
	return c.write("_gen.go", func(class *zproto.Class) ([]byte, error) {
		return zproto.ServerEngine(class, c.options(&c.source))
	})
}

type clientCmd struct {
	source `embed:"" set:"suffix=_gen.go"`
	engine `embed:""`
}

// Run is called by kong.
func (c *clientCmd) Run() error {
	return c.write("_gen.go", func(class *zproto.Class) ([]byte, error) {
		return zproto.ClientEngine(class, c.options(&c.source))
	})
}

type selftestCmd struct {
	source    `embed:"" set:"suffix=_gen_test.go"`
	engine    `embed:""`
	Transport string `help:"Import path of a package with a zsock.Transport called Transport, to have the conversation over real sockets too." placeholder:"IMPORT"`
}

// Run is called by kong.
func (c *selftestCmd) Run() error {
	return c.write("_gen_test.go", func(class *zproto.Class) ([]byte, error) {
		opt := c.options(&c.source)
		opt.Transport = c.Transport
		return zproto.Selftest(class, opt)
	})
}

type vectorsCmd struct {
	Model  string `arg:"" help:"The model, an XML file."`
	Output string `short:"o" help:"The folder to write into. Other files in it are left alone." default:"." placeholder:"DIR"`
}

// Run is called by kong.
func (c *vectorsCmd) Run() error {
	class, err := zproto.Load(c.Model)
	if err != nil {
		return err
	}
	files, err := zproto.Vectors(class)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Output, 0o777); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(c.Output, name), files[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}
