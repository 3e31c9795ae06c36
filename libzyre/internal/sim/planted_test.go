//go:build !race

package sim

import (
	"regexp"
	"testing"

	"github.com/zeromq/gozyre/libzyre/internal/mutant"
)

var ofSeed = regexp.MustCompile(`seed (\d+): `)

// TestPlanted plants one bug after the other in core, and simulates until it is found: within 200 seeds.
func TestPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and simulates for minutes")
	}
	env := []string{"SIM_SEEDS=200", "SIM_FIRST=1", "SIM_SHRINK=0", "SIM_ALL="}
	if out, err := mutant.Sound(t, env, "-timeout=10m", "-run", "^TestSeeds$", "."); err != nil {
		t.Fatalf("these seeds find something where nothing is planted:\n%s", out)
	}
	for _, m := range mutant.Read(t, "testdata/planted.txt", "../core") {
		t.Run(m.What, func(t *testing.T) {
			out, err := m.Run(t, env, "-timeout=10m", "-run", "^TestSeeds$", ".")
			if err == nil {
				t.Fatal("200 seeds did not find it")
			}
			seed := ofSeed.FindStringSubmatch(out)
			if seed == nil {
				t.Fatalf("it failed, but not for a finding:\n%s", out)
			}
			t.Logf("found by seed %s", seed[1])
		})
	}
}
