package contract

import (
	"errors"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// specFolder stands for the package in the lines of specifications.
const specFolder = "spec"

// maturities are the words of rfcs/MATURITY.md.
var maturities = map[string]State{"raw": Draft, "draft": Draft, "stable": Stable, "legacy": Deprecated, "retired": Deprecated}

// specifications lists those of a module: the folders in it with a README.md that has a
// row with their maturity on its cover.
func (s *source) specifications(m repo.Module) ([]promise, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, m.Dir))
	if err != nil {
		return nil, err
	}
	var all []promise
	for _, entry := range entries {
		at := path.Join(m.Dir, entry.Name(), "README.md")
		text, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(at)))
		if errors.Is(err, fs.ErrNotExist) || !entry.IsDir() {
			continue
		}
		if err != nil {
			return nil, err
		}
		maturity := firstWord(row(text, "Maturity"))
		if maturity == "" {
			continue
		}
		state, ok := maturities[maturity]
		if !ok {
			return nil, errors.New(at + ": the maturity " + maturity + " is none: rfcs/MATURITY.md has the words")
		}
		name := strings.TrimPrefix(firstWord(row(text, "Name")), "gozyre/")
		decl := name + " " + row(text, "Version")
		all = append(all, promise{Entry: Entry{state, specFolder, entry.Name(), decl}, at: token.Position{Filename: at, Line: 1}})
	}
	return all, nil
}

// row is what stands behind a name in the table on a cover.
func row(text []byte, name string) string {
	for line := range strings.Lines(string(text)) {
		if cell, ok := strings.CutPrefix(line, "| "+name+" | "); ok {
			cell, _, _ = strings.Cut(cell, " |")
			return strings.TrimSpace(cell)
		}
	}
	return ""
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return strings.Trim(word, ";,.")
}
