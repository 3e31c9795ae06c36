package binaries

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// kinds are what there must be at least one of.
var kinds = []string{"apk", "archive", "binary", "cask", "checksums", "deb", "rpm", "sbom"}

// complete refuses a list in which something is missing: a kind, or a tool for
// one of the systems.
func complete(made []Artefact) error {
	has := func(f func(Artefact) bool) bool { return slices.ContainsFunc(made, f) }
	var missing []string
	for _, kind := range kinds {
		if !has(func(a Artefact) bool { return a.Kind == kind }) {
			missing = append(missing, kind)
		}
	}
	for _, tool := range toolNames(made) {
		for _, system := range systems {
			if name := tool + " " + system; !has(func(a Artefact) bool { return a.Name == name }) {
				missing = append(missing, name)
			}
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("goreleaser did not make %s: look at tools/release/.goreleaser.yaml", strings.Join(missing, ", "))
	}
	return nil
}

// toolNames are those that there is a binary of.
func toolNames(made []Artefact) []string {
	var out []string
	for _, a := range made {
		if a.Tool != "" {
			out = append(out, a.Tool)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Limit is how large a tool may be, in octets. zyre has SQLite in it.
func Limit(tool string) int64 {
	if tool == "zyre" {
		return 24e6
	}
	return 12e6
}

// light refuses binaries that have become too large.
func light(made []Artefact) error {
	var errs []error
	for _, a := range made {
		if limit := Limit(a.Tool); a.Tool != "" && a.Octets > limit {
			errs = append(errs, fmt.Errorf("%s has %.1f MB, more than %.0f: `go tool nm -size -sort size` of an unstripped build "+
				"tells what weighs", a.Name, float64(a.Octets)/1e6, float64(limit)/1e6))
		}
	}
	return errors.Join(errs...)
}
