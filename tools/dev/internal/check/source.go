package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/gen"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/tidy"
)

// download fetches every module that the workspace's tests need, for the
// parts that have no network.
func download(_ *Command, e *repo.Env) error {
	_, err := e.Command("go", "list", "-deps", "-test", "-f", "{{with .Error}}{{.}}{{end}}", "work").Output()
	return err
}

// format wants every Go file as gofmt writes it.
func format(_ *Command, e *repo.Env) error {
	list, err := e.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.go").Output()
	if err != nil {
		return err
	}
	root, err := e.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	gofmt := filepath.Join(strings.TrimSpace(string(root)), "bin", "gofmt")
	args := []string{"-l"}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(e.Root, name)); errors.Is(err, fs.ErrNotExist) {
			continue // deleted and not committed yet
		}
		args = append(args, name)
	}
	out, err := e.Command(gofmt, args...).Output()
	if err != nil {
		return err
	}
	if len(out) > 0 {
		return fmt.Errorf("not formatted, run gofmt -w on: %s", strings.Join(strings.Fields(string(out)), " "))
	}
	return nil
}

func regenerate(_ *Command, e *repo.Env) error {
	return (&gen.Command{Check: true}).Run(e)
}

func tidied(_ *Command, e *repo.Env) error {
	return (&tidy.Command{Check: true}).Run(e)
}

func contracted(_ *Command, e *repo.Env) error {
	return (&contract.Command{Check: true}).Run(e)
}
