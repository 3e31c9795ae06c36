package zpl_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/zpl"
)

var update = flag.Bool("update", false, "write testdata/errors.txt anew")

type server struct {
	Monitor   time.Duration     `zpl:"monitor"`
	Heartbeat time.Duration     `zpl:"heartbeat"`
	Port      uint16            `zpl:"port"`
	Small     int8              `zpl:"small,size"`
	Big       uint64            `zpl:"big,size"`
	Ratio     float32           `zpl:"ratio"`
	On        bool              `zpl:"on"`
	At        time.Time         `zpl:"at"`
	Names     map[string]string `zpl:"names"`
	Inner     struct {
		X int `zpl:"x"`
	} `zpl:"inner"`
}

// Every mistake that people make, with what they are told. Passwords are in
// none of it.
func TestErrors(t *testing.T) {
	var out bytes.Buffer
	for _, input := range []string{
		// of a text
		"a\n\tb = secret", "a\n    \tb = secret", "a\n  b = secret", " a", "a = 1\n        b = 2", "    a = 1",
		"pass word = secret", "password secret", "password: secret", "password : secret", "näme = secret", "name! = secret",
		"ä = secret", "[server]", "= secret", "; secret", "// secret", `"password" = secret`, "a\xff", "\xfe\xff",
		"password = secret\x01secret", "password\x00 = secret", "a\n# \x1b[0m", "\uFEFFa = 1", "a = \x7f",
		strings.Repeat("a", 100) + "! = secret",
		// of what it shall become
		"hartbeat = secret", "haertbeat = secret", "prot = secret", "PORT = secret", "motd = secret", "inner\n    y = secret",
		"port", "port = ", "port = 70000", "port = -1", "port = 0x10", "port = 1.5", "port = " + strings.Repeat("1", 100),
		"small = 1KiB", "small = 4K", "small = -1", "big = 99999999999TB", "big = 99999999999999999999", "ratio = half", "ratio = 1e99",
		"monitor = soon", "monitor = 1h30", "on = maybe", "at = noon", "port = \"x\" # secret", "port = \x1b",
		"port = \u202eX\u009b", "port\n    x = secret", "inner = secret", "port = 1\n\nport = 2", "names\n    a = 1\n    a = 2",
		"names = secret", "at\n    x = secret",
	} {
		err := zpl.Unmarshal([]byte(input), &server{})
		var wrong *zpl.SyntaxError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", input, err)
			continue
		}
		explained := wrong.Explain()
		if i := strings.Index(input, "secret"); i >= 0 && strings.Contains(explained, "secret") {
			t.Errorf("%q: the secret is out:\n%s", input, explained)
		}
		if strings.ContainsAny(explained, "\x00\x01\x1b\x7f\u009b\u202e") {
			t.Errorf("%q: %q", input, explained)
		}
		if !strings.HasPrefix(explained, wrong.Error()) || strings.Contains(wrong.Error(), "\n") {
			t.Errorf("%q: %q", input, wrong.Error())
		}
		out.WriteString(explained + "\n\n")
	}
	const golden = "testdata/errors.txt"
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, out.Bytes()) {
		got, wanted := strings.Split(out.String(), "\n\n"), strings.Split(string(want), "\n\n")
		for i := range min(len(got), len(wanted)) {
			if got[i] != wanted[i] {
				t.Errorf("got\n%s\nwant\n%s", got[i], wanted[i])
			}
		}
		t.Errorf("%s has %d errors, here are %d: go test -update writes it", golden, len(wanted), len(got))
	}
}

// What a type of the caller's says is there for errors.Is.
func TestErrorCause(t *testing.T) {
	var into struct{ At time.Time }
	var cause *time.ParseError
	if err := zpl.Unmarshal([]byte("at = noon"), &into); !errors.As(err, &cause) {
		t.Errorf("%v", err)
	}
}
