package binaries

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// legal are the names of files with terms in them.
var legal = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|copyright|notice|patents)([.-]|$)`)

// licences returns the terms of everything by others that is compiled into the
// tools for any of the systems, Go's own library too. It fails when there are
// none.
func licences(e *repo.Env) ([]byte, error) {
	found := map[string]map[string]bool{} // "module version" → folders of its packages, from its root on
	roots := map[string]string{}
	for _, system := range systems {
		goos, goarch, _ := strings.Cut(system, "/")
		out, err := e.Command("go", "list", "-deps", "-json=Dir,Module,Standard", "./tools/cmd/...").
			With(hermetic...).With("GOOS="+goos, "GOARCH="+goarch).Output()
		if err != nil {
			return nil, err
		}
		for list := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				Dir      string
				Standard bool
				Module   *struct{ Path, Version, Dir string }
			}
			if err := list.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			if p.Standard || repo.Ours(p.Module.Path) {
				continue
			}
			name := p.Module.Path + " " + p.Module.Version
			if found[name] == nil {
				found[name] = map[string]bool{}
			}
			roots[name] = p.Module.Dir
			for dir := p.Dir; ; dir = filepath.Dir(dir) {
				found[name][dir] = true
				if dir == p.Module.Dir || len(dir) < len(p.Module.Dir) {
					break
				}
			}
		}
	}
	goroot, err := e.Command("go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, err
	}
	where := strings.Fields(string(goroot))
	name := "Go's library " + where[1]
	found[name], roots[name] = map[string]bool{where[0]: true}, where[0]

	var text bytes.Buffer
	fmt.Fprintln(&text, "The tools of gozyre contain work of others. These are its terms.")
	for _, name := range slices.Sorted(maps.Keys(found)) {
		terms, err := termsIn(roots[name], slices.Sorted(maps.Keys(found[name])))
		if err != nil {
			return nil, err
		}
		if terms == "" {
			return nil, fmt.Errorf("%s has no licence in it: nobody may pass it on; do without it, or ask its authors", name)
		}
		fmt.Fprintf(&text, "\n%s\n%s\n%s", strings.Repeat("=", 78), name, terms)
	}
	return text.Bytes(), nil
}

// termsIn returns the texts with terms in some folders below a module's root.
func termsIn(root string, dirs []string) (string, error) {
	var out strings.Builder
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return "", err
		}
		for _, entry := range entries {
			if entry.IsDir() || !legal.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				return "", err
			}
			name, err := filepath.Rel(root, filepath.Join(dir, entry.Name()))
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&out, "\n--- %s ---\n\n%s\n", filepath.ToSlash(name), bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
		}
	}
	return out.String(), nil
}
