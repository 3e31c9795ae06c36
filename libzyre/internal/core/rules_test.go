//go:build !race

package core

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// removal is a rule of the protocol taken out of the code.
type removal struct {
	rule, file string
	old, new   string
}

// removals reads a list of them: "# rule", "in FILE", the lines that stand there after "-", and those in their place after "+".
func removals(t *testing.T, path string) (list []removal) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		rule, isRule := strings.CutPrefix(line, "# ")
		file, isFile := strings.CutPrefix(line, "in ")
		last := len(list) - 1
		switch {
		case isRule:
			list = append(list, removal{rule: strings.TrimSpace(rule)})
		case strings.TrimSpace(line) == "":
		case last < 0:
			t.Fatalf("%s: %q stands before the first rule", path, line)
		case isFile:
			list[last].file = strings.TrimSpace(file)
		case line[0] == '-':
			list[last].old += line[1:]
		case line[0] == '+':
			list[last].new += line[1:]
		default:
			t.Fatalf("%s: cannot read %q", path, line)
		}
	}
	return list
}

// TestEachRuleIsTested takes one rule of the protocol after the other out of the code, and runs the transcripts: some must differ.
func TestEachRuleIsTested(t *testing.T) {
	for _, r := range removals(t, "testdata/rules/rules.txt") {
		t.Run(r.rule, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(r.file)
			if err != nil {
				t.Fatal(err)
			}
			if count := strings.Count(string(text), r.old); count != 1 {
				t.Fatalf("%s has these lines %d times, not once:\n%s", r.file, count, r.old)
			}
			folder := t.TempDir()
			changed, overlay := filepath.Join(folder, "changed.go"), filepath.Join(folder, "overlay.json")
			original, err := filepath.Abs(r.file)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(
				os.WriteFile(changed, []byte(strings.Replace(string(text), r.old, r.new, 1)), 0o644),
				os.WriteFile(overlay, plan, 0o644),
			); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-timeout=1m", "-overlay", overlay, "-run", "TestTranscripts|TestLimits|TestPacing|TestHelloBounds", ".").CombinedOutput()
			if err == nil {
				t.Fatal("nothing noticed")
			}
			var by []string
			for line := range strings.Lines(string(out)) {
				if name, failed := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); failed {
					by = append(by, strings.Fields(name)[0])
				}
			}
			if len(by) == 0 {
				t.Fatalf("it is no rule that was taken out:\n%s", out)
			}
			t.Logf("noticed by %s", strings.Join(by, ", "))
		})
	}
}
