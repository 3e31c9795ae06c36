package zretester

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// role makes this test binary one of the processes of a crew.
const role = "ZRETESTER_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "worker":
		if err := Work(cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	case "babbler": // says what is no JSON
		fmt.Println("hello\nworld")
		os.Exit(0)
	case "guest": // ends in order, with its input
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	case "coward": // ends at once
		fmt.Fprintln(os.Stderr, "I am \x1b[31mafraid")
		os.Exit(3)
	}
	goleak.VerifyTestMain(m)
}

// life is a short one, for tests.
func life() *Scenario {
	s := standard()
	s.Nodes, s.For, s.Settle = 5, time.Second, 2*time.Second
	s.Every, s.GroupEvery, s.Shout = 100*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
	return &s
}

func wantIn(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func stdout(w io.Writer) cli.Streams {
	return cli.Streams{In: strings.NewReader(""), Out: w, Err: io.Discard}
}
