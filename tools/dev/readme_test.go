package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestReadmesCompile: a program that stands in a README is one.
func TestReadmesCompile(t *testing.T) {
	const root = "../.."
	list, err := exec.Command("git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "*README.md").Output()
	if err != nil {
		t.Fatal(err)
	}
	programs := 0
	for _, readme := range strings.Fields(string(list)) {
		text, err := os.ReadFile(filepath.Join(root, readme))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range goBlock.FindAllStringSubmatch(string(text), -1) {
			programs++
			file := filepath.Join(t.TempDir(), "main.go")
			if err := os.WriteFile(file, []byte(block[1]), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("go", "vet", file)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "GOWORK=") // the root is no module: whatever else is tested, this needs go.work
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s has a program that does not compile: %v\n%s\n%s", readme, err, out, block[1])
			}
		}
	}
	if programs < 4 {
		t.Errorf("only %d programs in all READMEs: is the pattern still right?", programs)
	}
}
