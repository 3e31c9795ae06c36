package check

import "testing"

const fuzzing = "fuzz: elapsed: 20s, execs: 286859 (14564/sec), new interesting: 59 (total: 121)\n"

func TestOvertaken(t *testing.T) {
	for _, c := range []struct {
		name, output string
		want         bool
	}{
		{"in the midst of an input", fuzzing + "--- FAIL: FuzzReader (20.26s)\n    context deadline exceeded\nFAIL\nexit status 1\nFAIL\tp\t20.289s\n", true},
		{"found something", fuzzing + "--- FAIL: FuzzReader (3.01s)\n    --- FAIL: FuzzReader (0.00s)\n        wire_test.go:9: it is wrong\n    \n" +
			"    Failing input written to testdata/fuzz/FuzzReader/582528ddfad69eb5\nFAIL\nexit status 1\nFAIL\tp\t3.1s\n", false},
		{"says so itself", fuzzing + "--- FAIL: FuzzReader (3.01s)\n    wire_test.go:9: context deadline exceeded\nFAIL\n", false},
		{"passed", fuzzing + "PASS\nok  \tp\t20.1s\n", false},
	} {
		if got := overtaken.MatchString(c.output); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
