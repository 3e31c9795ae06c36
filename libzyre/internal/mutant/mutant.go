// Package mutant makes code with a mistake in it, for tests that must notice it.
//
// A list of mutants is a text: "# what is wrong", "in FILE", the lines that stand there after "-", and those in their place after
// "+". The lines have to stand there exactly once: a list whose code has changed is refused.
package mutant

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Mutant is one mistake.
type Mutant struct {
	What string
	file string
	old  string
	new  string
}

// Read reads a list; folder is where its files are.
func Read(tb testing.TB, list, folder string) (mutants []Mutant) {
	tb.Helper()
	text, err := os.ReadFile(list)
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		what, isWhat := strings.CutPrefix(line, "# ")
		file, isFile := strings.CutPrefix(line, "in ")
		last := len(mutants) - 1
		switch {
		case isWhat:
			mutants = append(mutants, Mutant{What: strings.TrimSpace(what)})
		case strings.TrimSpace(line) == "":
		case last < 0:
			tb.Fatalf("%s: %q stands before the first mutant", list, line)
		case isFile:
			mutants[last].file = filepath.Join(folder, strings.TrimSpace(file))
		case line[0] == '-':
			mutants[last].old += line[1:]
		case line[0] == '+':
			mutants[last].new += line[1:]
		default:
			tb.Fatalf("%s: cannot read %q", list, line)
		}
	}
	return mutants
}

// Run runs tests of the package in the current folder with the mistake in it, and returns what they print. The error is that of
// the tests; a mutant that cannot be built ends the test.
func (m *Mutant) Run(tb testing.TB, env []string, args ...string) (out string, err error) {
	tb.Helper()
	if out, err = run(tb, env, append([]string{"-overlay", m.overlay(tb)}, args...)); err != nil && !strings.Contains(out, "--- FAIL: ") {
		tb.Fatalf("it is no mutant: %v\n%s", err, out)
	}
	return out, err
}

// Sound runs tests of the package in the current folder as it is: what fails without a mistake tells nothing about one.
func Sound(tb testing.TB, env []string, args ...string) (out string, err error) {
	tb.Helper()
	return run(tb, env, args)
}

func run(tb testing.TB, env, args []string) (string, error) {
	cmd := exec.CommandContext(tb.Context(), "go", append([]string{"test", "-vet=off", "-count=1"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// overlay writes the changed file, and the one that tells the go command of it.
func (m *Mutant) overlay(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile(m.file)
	if err != nil {
		tb.Fatal(err)
	}
	if count := strings.Count(string(text), m.old); count != 1 {
		tb.Fatalf("%s has these lines %d times, not once:\n%s", m.file, count, m.old)
	}
	folder := tb.TempDir()
	changed, overlay := filepath.Join(folder, "changed.go"), filepath.Join(folder, "overlay.json")
	original, err := filepath.Abs(m.file)
	if err != nil {
		tb.Fatal(err)
	}
	plan, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		tb.Fatal(err)
	}
	for path, octets := range map[string][]byte{
		changed: []byte(strings.Replace(string(text), m.old, m.new, 1)),
		overlay: plan,
	} {
		if err := os.WriteFile(path, octets, 0o644); err != nil {
			tb.Fatal(fmt.Errorf("write a mutant: %w", err))
		}
	}
	return overlay
}
