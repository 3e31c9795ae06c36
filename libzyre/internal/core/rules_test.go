//go:build !race

package core

import (
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre/internal/mutant"
)

// TestEachRuleIsTested takes one rule of the protocol after the other out of the code, and runs the transcripts: some must differ.
func TestEachRuleIsTested(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the package once for each rule")
	}
	for _, m := range mutant.Read(t, "testdata/rules/rules.txt", ".") {
		t.Run(m.What, func(t *testing.T) {
			t.Parallel()
			out, err := m.Run(t, nil, "-timeout=1m", "-run", "TestTranscripts|TestLimits|TestPacing|TestHelloBounds", ".")
			if err == nil {
				t.Fatal("nothing noticed")
			}
			var by []string
			for line := range strings.Lines(out) {
				if name, failed := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); failed {
					by = append(by, strings.Fields(name)[0])
				}
			}
			t.Logf("noticed by %s", strings.Join(by, ", "))
		})
	}
}
