package check

import (
	"bytes"
	"strings"
	"testing"
)

// What `go test -json` prints for a package that passes, with one test skipped
// for a reason, and one that fails.
const events = `
{"Action":"start","Package":"p/good"}
{"Action":"run","Package":"p/good","Test":"TestFine"}
{"Action":"output","Package":"p/good","Test":"TestFine","Output":"=== RUN   TestFine\n"}
{"Action":"output","Package":"p/good","Test":"TestFine","Output":"    fine_test.go:3: chatter\n"}
{"Action":"output","Package":"p/good","Test":"TestFine","Output":"--- PASS: TestFine (0.00s)\n"}
{"Action":"pass","Package":"p/good","Test":"TestFine"}
{"Action":"attr","Package":"p/good","Test":"TestFine","Key":"counts","Value":"7 of 7"}
{"Action":"attr","Package":"p/good","Test":"TestFine","Key":"colour","Value":"blue"}
{"Action":"run","Package":"p/good","Test":"TestRoot"}
{"Action":"output","Package":"p/good","Test":"TestRoot","Output":"=== RUN   TestRoot\n"}
{"Action":"output","Package":"p/good","Test":"TestRoot","Output":"    root_test.go:9: that takes root\n"}
{"Action":"output","Package":"p/good","Test":"TestRoot","Output":"--- SKIP: TestRoot (0.00s)\n"}
{"Action":"skip","Package":"p/good","Test":"TestRoot"}
{"Action":"output","Package":"p/good","Output":"PASS\n"}
{"Action":"output","Package":"p/good","Output":"ok  \tp/good\t0.014s\n"}
{"Action":"pass","Package":"p/good"}
{"ImportPath":"p/broken","Action":"build-output","Output":"broken.go:1: no\n"}
{"Action":"output","Package":"p/broken","Output":"FAIL\tp/broken [build failed]\n"}
{"Action":"fail","Package":"p/broken"}
{"Action":"run","Package":"p/bad","Test":"TestBad"}
{"Action":"output","Package":"p/bad","Test":"TestBad","Output":"    bad_test.go:3: it is bad\n"}
{"Action":"fail","Package":"p/bad","Test":"TestBad"}
{"Action":"run","Package":"p/bad","Test":"TestHangs"}
{"Action":"output","Package":"p/bad","Test":"TestHangs","Output":"panic: test timed out\n"}
{"Action":"output","Package":"p/bad","Output":"FAIL\tp/bad\t600s\n"}
{"Action":"fail","Package":"p/bad"}
{"Action":"skip","Package":"p/empty"}
not JSON at all
`

func TestReport(t *testing.T) {
	var out bytes.Buffer
	r := &report{out: &out}
	if err := r.read(strings.NewReader(strings.TrimSpace(events))); err != nil {
		t.Fatal(err)
	}
	r.finish()
	want := `dev: test: TestFine: 7 of 7
ok  	p/good	0.014s
broken.go:1: no
FAIL	p/broken [build failed]
    bad_test.go:3: it is bad
panic: test timed out
FAIL	p/bad	600s
not JSON at alldev: test: 1 SKIPPED, and so this run says nothing of them:
  SKIPPED p/good TestRoot: root_test.go:9: that takes root
`
	if out.String() != want {
		t.Errorf("it printed\n%s\nand not\n%s", out.String(), want)
	}
	if r.passed != 1 {
		t.Errorf("%d packages passed", r.passed)
	}
}

func TestNoSkips(t *testing.T) {
	var out bytes.Buffer
	(&report{out: &out}).finish()
	if out.String() != "dev: test: no test was skipped\n" {
		t.Errorf("it printed %q", out.String())
	}
}

func TestChosen(t *testing.T) {
	for _, c := range []struct {
		command Command
		want    string
	}{
		{Command{}, PartNames()},
		{Command{Fast: true}, "setup, download, format, vet, gen, tidy, contract, pure, test"},
		{Command{Only: []string{"fuzz", "vet"}}, "vet, fuzz"},
	} {
		got, err := c.command.chosen()
		if err != nil {
			t.Error(err)
		}
		if list := strings.Join(names(got), ", "); list != c.want {
			t.Errorf("%+v chooses %s", c.command, list)
		}
	}
	if _, err := (&Command{Only: []string{"lunch"}}).chosen(); err == nil {
		t.Error("there is a part called lunch")
	}
}
