// Package binaries makes what people download who do not build: archives,
// packages for Linux, a cask for Homebrew, with man pages, completions,
// licences, checksums and bills of materials. goreleaser does it, as
// tools/release/.goreleaser.yaml says; here is what has to be there before, and
// what is looked at afterwards.
package binaries

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// systems are those that binaries are made for, as Go calls them.
var systems = []string{"linux/amd64", "linux/arm64", "linux/arm", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64", "freebsd/amd64"}

// Artefact is one file that was made.
type Artefact struct {
	Name   string // of the file; of a binary the tool and its system: "zyre linux/amd64"
	Kind   string // binary, archive, deb, rpm, apk, cask, sbom, checksums
	Octets int64
	Tool   string // of a binary
	Path   string // where it is
}

// Build makes everything of the commit that is checked out in clone, a checkout
// of its own, and leaves it in clone's dist. Version is tools' without the
// module's prefix: v0.1.0.
func Build(e *repo.Env, clone, version string) ([]Artefact, error) {
	at := *e
	at.Root = clone
	if err := clean(&at); err != nil {
		return nil, err
	}
	programs, err := os.MkdirTemp("", "gozyre-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(programs)
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"man pages, completions and licences", func() error { return pages(&at, programs, version) }},
		{"goreleaser itself (some minutes the first time)", func() error { return tools(&at, programs) }},
		{fmt.Sprintf("%s for %s", version, strings.Join(systems, ", ")), func() error { return goreleaser(&at, programs, version) }},
	} {
		e.Say("binaries: making %s", step.what)
		if err := step.do(); err != nil {
			return nil, err
		}
	}
	made, err := Made(filepath.Join(clone, "dist"))
	if err != nil {
		return nil, err
	}
	return made, light(made)
}

// hermetic are the variables that could make one machine's binaries other than
// another's.
var hermetic = []string{"GOWORK=", "GOFLAGS=", "GOEXPERIMENT=", "CGO_ENABLED=0"}

// clean refuses a checkout with changes: they would be in the binaries, whose
// --version would name a commit without them.
func clean(e *repo.Env) error {
	changes, err := e.Command("git", "status", "--porcelain").Output()
	if err != nil {
		return err
	}
	if list := strings.TrimSpace(string(changes)); list != "" {
		return fmt.Errorf("%s is not what was committed: commit or remove these first\n%s", e.Root, list)
	}
	return nil
}

// tools builds goreleaser, and what it calls, into a folder.
func tools(e *repo.Env, into string) error {
	_, err := e.Command("go", "build", "-o", into, "github.com/goreleaser/goreleaser/v2", "./sbom").
		In("tools/release").With("GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0").Output()
	return err
}

func goreleaser(e *repo.Env, programs, version string) error {
	// Nothing is published, and the tag need not be there: it would be tools/v0.1.0,
	// which goreleaser's free edition does not take.
	_, err := e.Command(filepath.Join(programs, "goreleaser"), "release", "--clean", "--skip=publish,announce,validate",
		"--config", "tools/release/.goreleaser.yaml").
		With(hermetic...).
		With("GORELEASER_CURRENT_TAG="+version, "GORELEASER_PREVIOUS_TAG="+version,
			"PATH="+programs+string(filepath.ListSeparator)+os.Getenv("PATH")).Output()
	return err
}

// Made lists what goreleaser left in a folder, by kind and name.
func Made(dist string) ([]Artefact, error) {
	data, err := os.ReadFile(filepath.Join(dist, "artifacts.json"))
	if err != nil {
		return nil, err
	}
	var list []struct {
		Name, Path, Goos, Goarch, Type string
		Extra                          struct{ Ext, Format string }
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("artifacts.json: %w", err)
	}
	var out []Artefact
	for _, l := range list {
		a := Artefact{Name: l.Name}
		switch l.Type {
		case "Binary":
			tool := strings.TrimSuffix(l.Name, ".exe")
			a = Artefact{Kind: "binary", Tool: tool, Name: tool + " " + l.Goos + "/" + l.Goarch}
		case "Archive":
			a.Kind = "archive"
		case "Linux Package":
			a.Kind = strings.TrimPrefix(filepath.Ext(l.Name), ".")
		case "Homebrew Cask":
			a.Kind = "cask"
		case "SBOM":
			a.Kind = "sbom"
		case "Checksum":
			a.Kind = "checksums"
		default:
			continue // notes of goreleaser for itself
		}
		// Paths are relative to the checkout, and begin with "dist".
		_, below, _ := strings.Cut(filepath.ToSlash(l.Path), "dist/")
		a.Path = filepath.Join(dist, filepath.FromSlash(below))
		info, err := os.Stat(a.Path)
		if err != nil {
			return nil, err
		}
		a.Octets = info.Size()
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Artefact) int { return strings.Compare(a.Kind+a.Name, b.Kind+b.Name) })
	return out, complete(out)
}
