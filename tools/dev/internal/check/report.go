package check

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// report turns what `go test -json` prints into what people want to see: one
// line a package as go test prints it, the output of what failed, what tests
// counted (their attribute "counts"), and every test that was skipped, with its
// reason.
type report struct {
	out     io.Writer
	output  map[test]*strings.Builder
	skipped []string
	passed  int // packages with tests
}

// test names one. With an empty name it is the package itself.
type test struct{ pkg, name string }

// event is a line of `go test -json`; see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build-output
	Test       string
	Output     string
	Key, Value string // of attr
}

func (r *report) read(events io.Reader) error {
	r.output = map[test]*strings.Builder{}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				io.WriteString(r.out, line) // something that is not the tests'
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	id := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		io.WriteString(r.out, e.Output)
	case "output":
		if e.Test == "" && isSummary(e.Output) {
			if strings.HasPrefix(e.Output, "ok") {
				r.passed++
			}
			if strings.HasPrefix(e.Output, "FAIL") {
				r.showRest(e.Package)
			}
			io.WriteString(r.out, e.Output)
			return
		}
		if strings.HasPrefix(e.Output, "=== ") {
			return // how tests take turns
		}
		if r.output[id] == nil {
			r.output[id] = &strings.Builder{}
		}
		r.output[id].WriteString(e.Output)
	case "attr":
		if e.Key == "counts" {
			fmt.Fprintf(r.out, "dev: test: %s: %s\n", e.Test, e.Value)
		}
	case "skip":
		if e.Test != "" {
			r.skipped = append(r.skipped, e.Package+" "+e.Test+": "+reason(r.said(id)))
		}
		delete(r.output, id)
	case "fail":
		if e.Test != "" {
			io.WriteString(r.out, r.said(id))
		}
		delete(r.output, id)
	case "pass":
		delete(r.output, id)
	}
}

// showRest prints what belongs to no finished test of a package: a panic's
// trace, a test that never ended, what TestMain said.
func (r *report) showRest(pkg string) {
	for id := range r.output {
		if id.pkg == pkg {
			io.WriteString(r.out, r.said(id))
			delete(r.output, id)
		}
	}
}

func (r *report) said(id test) string {
	if b := r.output[id]; b != nil {
		return b.String()
	}
	return ""
}

// isSummary knows the lines that go test prints of a package when it runs
// without -v.
func isSummary(line string) bool {
	for _, start := range []string{"ok  \t", "FAIL\t", "---\t", "?   \t", "\t"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

// reason is what a test said when it was skipped.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "it did not say why"
	}
	return strings.Join(said, " ")
}

// finish shouts what was skipped.
func (r *report) finish() {
	if len(r.skipped) == 0 {
		fmt.Fprintln(r.out, "dev: test: no test was skipped")
		return
	}
	fmt.Fprintf(r.out, "dev: test: %d SKIPPED, and so this run says nothing of them:\n", len(r.skipped))
	for _, line := range r.skipped {
		fmt.Fprintln(r.out, "  SKIPPED", line)
	}
}
