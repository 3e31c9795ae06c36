package history

import (
	"slices"
	"testing"
	"time"
)

const seeds = 12

func TestCorrectNetworkHasNoFinding(t *testing.T) {
	var told Figures
	for seed := range uint64(seeds) {
		for _, lag := range []time.Duration{0, 300 * time.Millisecond} {
			w, findings := live(seed, lag, "")
			if len(findings) > 0 {
				t.Fatalf("seed %d, lag %v: %v", seed, lag, findings[0])
			}
			f := w.c.Figures()
			told.Whispered += f.Whispered
			told.Excused += f.Excused
			told.Stops += f.Stops
			for _, n := range f.Exits {
				told.Events += n
			}
		}
	}
	if told.Whispered == 0 || told.Excused == 0 || told.Stops == 0 || told.Events == 0 {
		t.Errorf("nothing happened: %+v", told)
	}
	t.Logf("%d whispers, %d stops, %d exits, %d messages excused", told.Whispered, told.Stops, told.Events, told.Excused)
}

func TestPlantedFaultsAreFound(t *testing.T) {
	for fault, rules := range map[string][]string{
		"lose":          {RuleLost},
		"double":        {RuleDoubled},
		"swap":          {RuleReordered},
		"stray":         {RuleStray, RuleLost, RuleDoubled}, // it may have been meant for that one too
		"gap":           {RuleLost, RuleMembers, RuleGroup},
		"false exit":    {RuleExit},
		"false goodbye": {RuleCause},
		"flap":          {RuleExit, RuleStorm},
		"no join":       {RuleMembers, RuleStray, RuleGroup},
		"no leave":      {RuleMembers, RuleLost, RuleGroup},
		"own group":     {RuleGroup},
		"no groups":     {RuleMembers, RuleStray, RuleGroup},
	} {
		planted, found := 0, 0
		for seed := range uint64(seeds) {
			for _, lag := range []time.Duration{0, 300 * time.Millisecond} {
				w, findings := live(seed, lag, fault)
				if !w.planted {
					continue
				}
				planted++
				if slices.ContainsFunc(findings, func(f Finding) bool { return slices.Contains(rules, f.Rule) }) {
					found++
				} else if len(findings) > 0 {
					t.Logf("%s, seed %d: %v", fault, seed, findings[0])
				}
			}
		}
		t.Logf("%s: found %d of %d", fault, found, planted)
		if found == 0 || found <= planted/2 && fault != "gap" && fault != "own group" { // many of these are excused: by an EXIT before the gap shows, by Lag
			t.Errorf("%s: found %d of %d", fault, found, planted)
		}
	}
}
