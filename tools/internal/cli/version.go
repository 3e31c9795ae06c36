package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// release is what our published binaries are called. The linker sets it (see
// tools/release): Go finds no version by itself in a repository that has no
// module at its root, except for `go install …@version`.
var release string

// Version returns the line that --version prints: name, version, commit with
// its date, and Go version, as far as the build knows them.
func Version(name string) string {
	b := build()
	return fmt.Sprintf("%s %s (commit %s, %s, %s/%s)", name, b.number, b.commit, b.goVersion, runtime.GOOS, runtime.GOARCH)
}

// built is what a binary knows of how it was made.
type built struct {
	number    string // "v0.1.0", or "development"
	commit    string // "abc of 2026-11-30, modified", or "unknown"
	date      string // of the commit: "2026-11-30", or empty
	goVersion string
}

func build() built {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	return buildOf(info, release)
}

func buildOf(info *debug.BuildInfo, release string) built {
	b := built{number: info.Main.Version, commit: "unknown", goVersion: info.GoVersion}
	switch {
	case release != "":
		b.number = release
	case b.number == "", b.number == "(devel)":
		b.number = "development"
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	if when, err := time.Parse(time.RFC3339Nano, set["vcs.time"]); err == nil {
		b.date = when.UTC().Format(time.DateOnly)
	}
	if set["vcs.revision"] != "" {
		b.commit = set["vcs.revision"]
		if b.date != "" {
			b.commit += " of " + b.date
		}
		if set["vcs.modified"] == "true" {
			b.commit += ", modified"
		}
	}
	return b
}
