// Package filemq is what the filemq tool does: it serves directories, receives
// files, both at once by a configuration, and says what a configuration comes
// to.
package filemq

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/fmqconfig"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Login are the flags that say who one is, or who may come in.
type Login struct {
	User         string
	PasswordFile string
}

// check refuses one without the other.
func (l Login) check() error {
	switch {
	case l.User != "" && l.PasswordFile == "":
		return cli.Usagef("--user needs --password-file, with the password in it: on a command line everybody could read it")
	case l.User == "" && l.PasswordFile != "":
		return cli.Usagef("--password-file needs --user")
	}
	return nil
}

// password reads the file. A warning is told.
func (l Login) password(screen *Screen) (string, error) {
	password, warning, err := fmqconfig.Password(l.PasswordFile)
	if warning != "" {
		screen.Note("%s", warning)
	}
	return password, err
}

// merge reads the file, if there is one, without sections that do not count,
// and lays the flags over it.
func merge(file string, flags *fmqconfig.Source, without ...string) (*fmqconfig.Config, error) {
	if file == "" {
		return fmqconfig.Merge(flags)
	}
	s, err := fmqconfig.Read(file)
	if err != nil {
		return nil, err
	}
	return fmqconfig.Merge(s.Without(without...), flags)
}

// invalid makes an error about our arguments one of the command line.
func invalid(err error) error {
	if errors.Is(err, fmq.ErrInvalid) {
		return cli.Usagef("%s", show.Text(err.Error()))
	}
	return err
}

// said is a step or a state in JSON.
type said struct {
	Type   string `json:"type"`
	Text   string `json:"text,omitzero"`
	Dir    string `json:"dir,omitzero"`
	Path   string `json:"path,omitzero"`
	Server string `json:"server,omitzero"`
	Time   string `json:"time"`
}

// announce executes the steps that print something: all others wait until all
// are known, for the server is bound last.
func announce(c *fmqconfig.Config, screen *Screen) {
	for _, step := range c.Steps {
		switch step.Call {
		case "echo":
			screen.Say(show.Text(step.Text), said{Type: "echo", Text: step.Text, Time: now()})
		case "publish":
			screen.Say(fmt.Sprintf("publishing %s as %s", show.Text(step.Text), show.Text(step.As)),
				said{Type: "publish", Dir: step.Text, Path: step.As, Time: now()})
		}
	}
}

// split reads DIR[:/virtual]. A drive of Windows is no DIR.
func split(arg string) (dir, virtual string) {
	i := strings.LastIndex(arg, ":/")
	if i <= 0 || i == 1 && windows {
		return arg, "/"
	}
	return arg[:i], arg[i+1:]
}
