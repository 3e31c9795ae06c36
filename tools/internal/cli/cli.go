// Package cli is what the command lines of this project have in common: how
// flags are read, what the exit codes mean, how an error looks.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/zeromq/gozyre/libzyre"
)

// What a tool tells its caller.
const (
	Done   = 0 // what was asked for was done
	Failed = 1 // it was not; stderr says why
	Usage  = 2 // the command line makes no sense; nothing was tried
)

// ErrUsage marks errors that are the command line's fault.
var ErrUsage = errors.New("wrong use")

// Usagef returns an error that ends the tool with Usage.
func Usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

type usageError struct{ text string }

func (e *usageError) Error() string        { return e.text }
func (e *usageError) Is(target error) bool { return target == ErrUsage }

// Streams are a tool's ends to the world.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs the tool called name: it reads os.Args into grammar (a pointer to
// a struct as kong reads it, whose Run methods take a context.Context and
// Streams), ends the context with SIGINT, SIGTERM or SIGHUP, and returns the
// exit code. A second signal kills as usual.
func Main(name, description string, grammar any) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	// A reader that goes away shall be an error of the write, so that the tool
	// can still say goodbye to its peers.
	signal.Ignore(syscall.SIGPIPE)
	return Run(ctx, name, description, grammar, os.Args[1:], Streams{os.Stdin, os.Stdout, os.Stderr})
}

// Run is Main with everything passed in.
func Run(ctx context.Context, name, description string, grammar any, args []string, std Streams) (code int) {
	parser, err := kong.New(grammar,
		kong.Name(name),
		kong.Description(description),
		kong.Vars{"version": Version(name), "release": build().number, "date": build().date},
		kong.Writers(std.Out, std.Err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		panic(err) // the grammar is wrong: a mistake of the programmer
	}
	defer func() {
		// --help and --version leave from within Parse.
		switch e := recover().(type) {
		case nil:
		case exit:
			code = int(e)
		default:
			panic(e)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(std.Err, "%s: %v: see %s --help\n", name, err, name)
		return Usage
	}
	switch err := parsed.Run(); {
	case err == nil:
		return Done
	case errors.Is(err, syscall.EPIPE):
		return Failed // who reads our output has left: nobody to tell
	case errors.Is(err, ErrUsage), errors.Is(err, zyre.ErrInvalid):
		fmt.Fprintf(std.Err, "%s: %s\n", name, strings.TrimPrefix(err.Error(), zyre.ErrInvalid.Error()+": "))
		return Usage
	default:
		fmt.Fprintf(std.Err, "%s: %v\n", name, err)
		return Failed
	}
}

type exit int
