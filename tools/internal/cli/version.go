package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version returns the line that --version prints: name, version, commit and Go
// version, as far as the build knows them.
func Version(name string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return name + " (version unknown)"
	}
	return version(name, info)
}

func version(name string, info *debug.BuildInfo) string {
	number := info.Main.Version
	if number == "" || number == "(devel)" {
		number = "development"
	}
	commit, modified := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ", modified"
		}
	}
	return fmt.Sprintf("%s %s (commit %s%s, %s, %s/%s)", name, number, commit, modified, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}
