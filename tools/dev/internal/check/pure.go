package check

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// theCgo is the only package of the project that may have cgo in it.
const theCgo = repo.Prefix + "/codecs/libzmq"

// pure builds without cgo every package that has no need of it: all but the
// one that binds libzmq, and what imports that.
func pure(_ *Command, e *repo.Env) error {
	return build(e, "CGO_ENABLED=0")
}

// cross does the same for systems that the tests do not run on. Vet compiles
// their tests too.
func cross(_ *Command, e *repo.Env) error {
	var failed []error
	for _, system := range []string{"windows/amd64", "darwin/arm64", "freebsd/amd64"} {
		goos, goarch, _ := strings.Cut(system, "/")
		env := []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch}
		err := build(e, env...)
		if err == nil {
			err = vet(e, env...)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", system, err))
		}
	}
	return errors.Join(failed...)
}

func build(e *repo.Env, env ...string) error {
	packages, err := withoutCgo(e, `{{if .GoFiles}}{{.ImportPath}} {{join .Deps " "}}{{end}}`, env)
	if err != nil {
		return err
	}
	return e.Command("go", append([]string{"build", "-o", os.DevNull}, packages...)...).With(env...).Run()
}

// vet leaves out packages whose tests need libzmq.
func vet(e *repo.Env, env ...string) error {
	packages, err := withoutCgo(e, `{{if eq .Name "main"}}{{.ImportPath}} {{join .Deps " "}}{{end}}`, env, "-test")
	if err != nil {
		return err
	}
	var tested []string
	for _, name := range packages {
		if name, ok := strings.CutSuffix(name, ".test"); ok {
			tested = append(tested, name)
		}
	}
	return e.Command("go", append([]string{"vet"}, tested...)...).With(env...).Run()
}

// withoutCgo lists the packages that do not depend on libzmq, for the system
// that env names. The format prints a package and what it depends on.
func withoutCgo(e *repo.Env, format string, env []string, flags ...string) ([]string, error) {
	args := append([]string{"list", "-e", "-f", format}, flags...)
	out, err := e.Command("go", append(args, "work")...).With(env...).Output()
	if err != nil {
		return nil, err
	}
	var packages []string
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) > 0 && !slices.Contains(fields, theCgo) {
			packages = append(packages, fields[0])
		}
	}
	if len(packages) == 0 {
		return nil, errors.New("no package is free of libzmq: something is wrong with go.work")
	}
	return packages, nil
}
