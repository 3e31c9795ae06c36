package contract

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// The contract is that of linux/amd64 in a build without tags and without cgo, wherever
// this runs: so it is the same on every machine.
var system = []string{"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0"}

// tooling is nobody's to import, and in no contract.
const tooling = "tools/dev"

// pkg is a package that others can import.
type pkg struct {
	module repo.Module
	folder string // in the module: "." is the module's own
	path   string // to import it
	files  []*ast.File
	types  *types.Package
	notes  map[token.Pos]note // what stands at the declarations
	doc    string             // the package comment
}

// source is what was read of a checkout.
type source struct {
	root     string
	files    *token.FileSet
	modules  []repo.Module
	packages []*pkg
}

// load reads and type-checks every package of the workspace that others can import.
func load(e *repo.Env) (*source, error) {
	modules, err := e.Modules()
	if err != nil {
		return nil, err
	}
	s := &source{root: e.Root, files: token.NewFileSet(), modules: modules}
	for _, m := range modules {
		if err := s.walk(m); err != nil {
			return nil, fmt.Errorf("reading %s: %w", m.Dir, err)
		}
	}
	if len(s.packages) == 0 {
		return s, nil
	}
	imported, err := s.importer(e)
	if err != nil {
		return nil, err
	}
	for _, p := range s.packages {
		if err := s.check(p, imported); err != nil {
			return nil, err
		}
		p.notes, p.doc = annotate(p.files)
	}
	return s, nil
}

// walk parses the packages of a module, all but those that only the module itself can import.
func (s *source) walk(m repo.Module) error {
	top := filepath.Join(s.root, m.Dir)
	return filepath.WalkDir(top, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		folder, err := filepath.Rel(top, at)
		if err != nil {
			return err
		}
		folder = filepath.ToSlash(folder)
		if folder != "." {
			name := d.Name()
			_, err := os.Stat(filepath.Join(at, "go.mod"))
			if err == nil || name == "internal" || name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") ||
				strings.HasPrefix(name, "_") || path.Join(m.Dir, folder) == tooling {
				return fs.SkipDir
			}
		}
		return s.parse(m, folder, at)
	})
}

// parse adds the package in a folder, if there is one and it is no program.
func (s *source) parse(m repo.Module, folder, at string) error {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled, ctx.BuildTags = "linux", "amd64", true, nil
	entries, err := os.ReadDir(at)
	if err != nil {
		return err
	}
	p := &pkg{module: m, folder: folder, path: path.Join(m.Path, folder)}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if match, err := ctx.MatchFile(at, name); err != nil || !match {
			if err != nil {
				return err
			}
			continue
		}
		text, err := os.ReadFile(filepath.Join(at, name))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(s.files, path.Join(m.Dir, folder, name), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p.files = append(p.files, file)
	}
	if len(p.files) > 0 && p.files[0].Name.Name != "main" {
		s.packages = append(s.packages, p)
	}
	return nil
}

// errCgo is why an import is missing: it has cgo in it, and cannot be built without.
var errCgo = errors.New("it is not built without cgo")

// importer knows what the packages import, from what the compiler made of it.
func (s *source) importer(e *repo.Env) (types.Importer, error) {
	args := []string{"list", "-e", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}\t{{with .Error}}{{printf \"%q\" .Err}}{{end}}"}
	for _, p := range s.packages {
		args = append(args, p.path)
	}
	out, err := e.Command("go", args...).With(system...).Output()
	if err != nil {
		return nil, err
	}
	compiled := map[string]string{}
	why := errCgo
	for line := range strings.Lines(string(out)) {
		f := strings.SplitN(strings.TrimSpace(line)+"\t\t", "\t", 3)
		compiled[f[0]] = f[1]
		if said, err := strconv.Unquote(strings.TrimSpace(f[2])); err == nil && repo.Ours(f[0]) {
			why = errors.New(said) // ours, and not for want of cgo
		}
	}
	return importer.ForCompiler(s.files, "gc", func(name string) (io.ReadCloser, error) {
		if compiled[name] == "" {
			return nil, why
		}
		return os.Open(compiled[name])
	}), nil
}

// check finds out the types of a package. Only where an import is missing may it stay
// without some.
func (s *source) check(p *pkg, imported types.Importer) error {
	var wrong error
	missing := false
	cfg := types.Config{FakeImportC: true, IgnoreFuncBodies: true, Importer: imported, Error: func(err error) {
		var e types.Error
		switch {
		case errors.As(err, &e) && e.Soft:
		case strings.Contains(err.Error(), errCgo.Error()):
			missing = true
		case wrong == nil:
			wrong = err
		}
	}}
	p.types, _ = cfg.Check(p.path, s.files, p.files, nil)
	if wrong != nil && !missing {
		return fmt.Errorf("%w: %s does not compile, so what it promises cannot be told: mend that first", wrong, p.path)
	}
	return nil
}
