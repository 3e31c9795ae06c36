package scripttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// buildWithLibzmq builds the package under test as a person would who wants
// libzmq, with the race detector if the test has it, and returns the folder of
// the program. It skips the test where libzmq is not installed; CI has to have it.
func buildWithLibzmq(t *testing.T) string {
	t.Helper()
	cgo, err := exec.Command("go", "env", "CGO_ENABLED").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("pkg-config", "--exists", "libzmq").Run(); err != nil || strings.TrimSpace(string(cgo)) != "1" {
		const why = "NOT TESTED: libzmq's headers, pkg-config and a C compiler are needed: `go run ./tools/dev setup` installs them"
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	folder := t.TempDir()
	args := []string{"build", "-tags", "libzmq", "-o", folder + string(filepath.Separator)}
	if raced() {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		t.Fatalf("building with libzmq: %v\n%s", err, out)
	}
	return folder
}

// raced reports whether this test runs under the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
