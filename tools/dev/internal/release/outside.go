package release

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

//go:embed _outside/*.go
var outside embed.FS

// theCgo is the module that takes a C compiler and libzmq.
const theCgo = repo.Prefix + "/codecs/libzmq"

// program builds and runs a program that imports every module by its version.
func (y *yard) program(steps []step) error {
	dir := filepath.Join(y.dir, "outside")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	names, err := outside.ReadDir("_outside")
	if err != nil {
		return err
	}
	var said strings.Builder
	for _, name := range names {
		text, err := outside.ReadFile("_outside/" + name.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name.Name()), text, 0o644)
		}
		if err != nil {
			return err
		}
		said.Write(text)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/outside\n\ngo 1.26\n"), 0o644); err != nil {
		return err
	}

	get, tags := []string{"get"}, "-tags="
	for _, s := range steps {
		get = append(get, s.Path+"@"+s.version())
		if s.Dir != "tools" && !strings.Contains(said.String(), `"`+s.Path) {
			return fmt.Errorf("the program in tools/dev/internal/release/_outside does nothing with %s: add something real", s.Path)
		}
	}
	if err := cgo(y.Env); err == nil {
		tags += "libzmq"
	}
	if _, err := y.run(dir, "go", get...); err != nil {
		return err
	}
	if _, err := y.run(dir, "go", "build", tags, "-o", "outside", "."); err != nil {
		return err
	}
	out, err := y.run(dir, filepath.Join(dir, "outside"))
	if err == nil {
		y.Say("release: the program used %s", strings.Join(strings.Split(strings.TrimSpace(out), "\n"), ", "))
	}
	return err
}

// install gets dechat as README says, and asks which version it is.
func (y *yard) install(version string) error {
	bin := filepath.Join(y.dir, "bin")
	name := repo.Prefix + "/tools/cmd/dechat@" + version
	if _, err := y.runWith([]string{"GOBIN=" + bin, "CGO_ENABLED=0"}, y.dir, "go", "install", name); err != nil {
		return err
	}
	out, err := y.run(y.dir, filepath.Join(bin, "dechat"), "--version")
	if err == nil && !strings.HasPrefix(out, "dechat "+version+" ") {
		err = fmt.Errorf("dechat --version does not say that it is %s, but: %s", version, out)
	}
	return err
}

// cgo tells what is missing to build with libzmq.
func cgo(e *repo.Env) error {
	out, err := e.Command("go", "env", "CGO_ENABLED").Output()
	if err == nil && strings.TrimSpace(string(out)) != "1" {
		err = fmt.Errorf("no cgo here")
	}
	if err == nil {
		_, err = e.Command("pkg-config", "--exists", "libzmq").Output()
	}
	return err
}
