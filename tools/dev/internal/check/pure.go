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

// here are packages for the machines of whoever changes the project: what measures
// and what draws. They depend on much, so other systems do not build them.
var here = []string{repo.Prefix + "/codecs/bench", repo.Prefix + "/tools/dev/specs"}

// binaries are what is meant for people who have no C compiler.
const binaries = "./tools/cmd/..."

// systems are those that the binaries are for. On those that are vetted the
// tests compile too; the others differ from them in the architecture alone.
var systems = []struct {
	name   string // as in "GOOS/GOARCH/GOARM"
	vetted bool
}{
	{name: "linux/amd64"}, // the tests run there
	{name: "linux/arm64"},
	{name: "linux/arm/7", vetted: true}, // an int has 32 bits
	{name: "darwin/amd64"},
	{name: "darwin/arm64", vetted: true},
	{name: "windows/amd64", vetted: true},
	{name: "windows/arm64"},
	{name: "freebsd/amd64", vetted: true},
}

// pure builds without cgo every package that has no need of it: all but the
// one that binds libzmq, and what imports that.
func pure(_ *Command, e *repo.Env) error {
	return build(e, native)
}

// native is all that a build for this system has in its environment.
const native = "CGO_ENABLED=0"

func isHere(name string) bool {
	return slices.ContainsFunc(here, func(prefix string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") })
}

// cross does the same for every system that the binaries are for.
func cross(_ *Command, e *repo.Env) error {
	var failed []error
	for _, system := range systems {
		names := strings.Split(system.name+"/", "/")
		env := []string{native, "GOOS=" + names[0], "GOARCH=" + names[1], "GOARM=" + names[2]}
		err := build(e, env...)
		if err == nil && system.vetted {
			err = vet(e, env...)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", system.name, err))
		}
	}
	return errors.Join(failed...)
}

func build(e *repo.Env, env ...string) error {
	packages, err := withoutCgo(e, `{{if .GoFiles}}{{.ImportPath}} {{join .Deps " "}}{{end}}`, env)
	if err != nil {
		return err
	}
	packages = append(packages, binaries) // even if one of them needs libzmq by now: then this fails
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
		if len(fields) > 0 && !slices.Contains(fields, theCgo) && (env[len(env)-1] == native || !isHere(fields[0])) {
			packages = append(packages, fields[0])
		}
	}
	if len(packages) == 0 {
		return nil, errors.New("no package is free of libzmq: something is wrong with go.work")
	}
	return packages, nil
}
