package rfcs_test

import (
	"bufio"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/rfcs"
)

// What the package comment says of a line.
var line = regexp.MustCompile(`^(dialer|listener) (greeting|command|frame|secret|public|random)( \| ` +
	`(<[0-9a-f]+>|([0-9a-f]{2})+(\*[0-9]+)?( ([0-9a-f]{2})+(\*[0-9]+)?)*))+$`)

// TestForm holds the vectors to the form that the package comment describes.
func TestForm(t *testing.T) {
	names, err := fs.Glob(rfcs.Vectors(), "zmtp/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no vectors: %v", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(rfcs.Vectors(), name)
		if err != nil {
			t.Fatal(err)
		}
		greetings := 0
		lines := bufio.NewScanner(strings.NewReader(string(text)))
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			said, _, _ := strings.Cut(lines.Text(), "#")
			said = strings.TrimRight(said, " ")
			if said == "" {
				continue
			}
			if !line.MatchString(said) {
				t.Errorf("%s:%d: %q is no line of a vector", name, n, said)
			}
			if strings.Contains(said, " greeting ") {
				greetings++
			}
		}
		if err := lines.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if greetings != 2 {
			t.Errorf("%s has %d greetings", name, greetings)
		}
	}
}

func ExampleVectors() {
	names, _ := fs.Glob(rfcs.Vectors(), "zmtp/plain*")
	fmt.Println(names)
	// Output: [zmtp/plain-refused.txt zmtp/plain.txt]
}
