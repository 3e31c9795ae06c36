package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// minimize keeps Go from spending most of the time on making inputs shorter that are merely new.
const minimize = "-fuzzminimizetime=10x"

// fuzz runs each fuzzer of each package for a while, two at a time with one
// worker each.
func fuzz(c *Command, e *repo.Env) error {
	all, err := fuzzers(e) // an error is one package's: the others have theirs
	e.Say("test: %d fuzzers, %v each", len(all), c.FuzzTime)
	todo := make(chan test)
	var (
		mu     sync.Mutex // of failed, and the user's output
		failed = []error{err}
		wait   sync.WaitGroup
	)
	for range 2 {
		wait.Go(func() {
			for f := range todo {
				out, err := e.Command("go", "test", "-run=^$", "-fuzz=^"+f.name+"$",
					"-fuzztime="+c.FuzzTime.String(), minimize, "-parallel=1", f.pkg).With(offline...).Output()
				if overtaken.Match(out) {
					err = nil
				}
				mu.Lock()
				io.WriteString(e.Stdout, lastFuzzed(f.name, string(out), err != nil))
				if err != nil {
					failed = append(failed, fmt.Errorf("%s of %s: %w", f.name, f.pkg, err))
				}
				mu.Unlock()
			}
		})
	}
	for _, f := range all {
		if e.Context.Err() == nil {
			todo <- f
		}
	}
	close(todo)
	wait.Wait()
	return errors.Join(failed...)
}

// overtaken is the end of a fuzzer that found nothing, and whose time was over
// when it was in the midst of an input. Go before 1.27 may call that a failure,
// see go.dev/issue/75804. One that found something says what.
var overtaken = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \(\S+\)\n    context deadline exceeded\nFAIL\n`)

// fuzzers lists the fuzz tests of the workspace.
func fuzzers(e *repo.Env) ([]test, error) {
	var all []test
	err := e.Command("go", "test", "-json", "-list=^Fuzz", "work").With(offline...).Stream(func(r io.Reader) error {
		for d := json.NewDecoder(r); ; {
			var ev event
			if err := d.Decode(&ev); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			name := strings.TrimSpace(ev.Output)
			if strings.HasPrefix(name, "Fuzz") && !strings.ContainsAny(name, " \t") {
				all = append(all, test{pkg: ev.Package, name: name})
			}
			if ev.Action == "build-output" {
				io.WriteString(e.Stdout, ev.Output)
			}
		}
	})
	return all, err
}

// lastFuzzed is everything a fuzzer said when it failed, and how far it came
// when it did not.
func lastFuzzed(name, output string, failed bool) string {
	if failed {
		return output
	}
	var last, summary string
	for line := range strings.Lines(output) {
		switch {
		case strings.HasPrefix(line, "fuzz: elapsed"):
			last = strings.TrimSpace(strings.TrimPrefix(line, "fuzz: "))
		case strings.HasPrefix(line, "ok"):
			summary = line
		}
	}
	return name + ": " + last + "\n" + summary
}
