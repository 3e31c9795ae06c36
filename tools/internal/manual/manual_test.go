package manual

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// A tool with everything that the pages have to get right.
type grammar struct {
	Flags
	Secret bool `hidden:""`
	Level  int  `help:"How it's done: a \\ or [b]; never. Really." short:"l" placeholder:"N" env:"TOOL_LEVEL"`
	Get    struct {
		To    string   `help:"Where to." placeholder:"DIR"`
		From  string   `help:"What from." placeholder:"FILE"`
		As    string   `help:"As what." enum:"text,mermaid" default:"text"`
		Files []string `arg:"" name:"file" help:".hidden ones too."`
	} `cmd:"" help:"Get it."`
	Log struct {
		Show struct {
			All bool `help:"All of it." short:"a"`
		} `cmd:"" default:"withargs" help:"Show it."`
		Drop struct{} `cmd:"" help:"Drop it."`
	} `cmd:"" help:"What was."`
	Work struct{} `cmd:"" hidden:"" help:"Not for people."`
}

// made returns a page of that tool.
func made(t *testing.T, flag string) string {
	t.Helper()
	var out bytes.Buffer
	parser := kong.Must(&grammar{}, kong.Name("tool"), kong.Writers(&out, &out), kong.Exit(func(int) {}),
		kong.Vars{"release": "v1.2.3", "date": "2026-11-30"},
		kong.Description("Does it. And more.\n\nAs in:\n\n    key = 'value'  # as it is\n    .dot"))
	parser.Parse([]string{flag}) // it complains that no command is there, for Exit did not leave
	return out.String()
}

// What each page has, and what none has.
func TestPages(t *testing.T) {
	for flag, lines := range map[string][]string{
		"--help-man": {
			`.TH TOOL 1 "2026-11-30" "gozyre v1.2.3" "gozyre"`,
			`tool \- does it`,
			"Does it. And more.\n.PP\nAs in:\n.PP\n.nf\n    key = \\(aqvalue\\(aq  # as it is\n    .dot\n.fi",
			"\\fB\\-l\\fR, \\fB\\-\\-level\\fR=\\fIN\\fR\nHow it\\(aqs done: a \\e or [b]; never. Really. Environment: $TOOL_LEVEL.",
			"\\fBtool get\\fR [\\fIoptions\\fR] \\fIfile\\fR ...",
			"\\fIfile\\fR\n\\&.hidden ones too.",
			".SS tool log show",
		},
		"--help-bash": {
			`'tool -l' | 'tool --level') waits=other ;;`,
			`'tool get --as') waits='choice text mermaid' ;;`,
			`'tool log') words='show drop' flags='-h --help -l --level -a --all' ;;`,
			"complete -o default -o bashdefault -F _tool tool",
		},
		"--help-zsh": {
			"#compdef tool\n",
			`'(-l --level)'{-l+,--level=}'[How it'\''s done\: a \\ or \[b\]; never]:N: '`,
			`'--to=[Where to]:DIR:_files -/'`,
			`'--from=[What from]:FILE:_files'`,
			`'--as=[As what]:"text":(text mermaid)'`,
			`'*:file:_files'`,
		},
		"--help-fish": {
			`-l level -s l -x -d 'How it\'s done: a \\ or [b]; never'`,
			`complete -c tool -n '__tool_at tool log' -a 'show' -d 'Show it'`,
			`-l as -x -a 'text mermaid' -d 'As what'`,
		},
	} {
		page := made(t, flag)
		for _, line := range lines {
			if !strings.Contains(page, line) {
				t.Errorf("%s has no\n%s\nbut is\n%s", flag, line, page)
			}
		}
		for _, hidden := range []string{"secret", "work", "help-bash", "help\\-bash"} {
			if strings.Contains(page, hidden) {
				t.Errorf("%s shows %q, which is hidden", flag, hidden)
			}
		}
	}
}

// The programs that read the pages find no fault in them.
func TestReaders(t *testing.T) {
	for _, c := range []struct {
		flag string
		args []string // the page's path follows
	}{
		{"--help-man", []string{"mandoc", "-Tlint", "-Wwarning"}},
		{"--help-man", []string{"man", "--warnings", "-Tutf8", "-l"}},
		{"--help-bash", []string{"bash", "-n"}},
		{"--help-zsh", []string{"zsh", "-n"}},
		{"--help-fish", []string{"fish", "-n"}},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			out, err := with(t, c.flag, c.args...)
			if err != nil || (c.args[0] != "man" && out != "") || strings.Contains(out, "warning") {
				t.Errorf("%s: %v\n%s", c.args, err, out)
			}
		})
	}
}

// What is offered behind a line, by bash and fish themselves.
func TestOffers(t *testing.T) {
	for line, want := range map[string]string{
		"tool ":                     "get log",
		"tool --level log g":        "get", // a value, not a command
		"tool log ":                 "drop show",
		"tool log --a":              "--all",
		"tool log -a d":             "drop",
		"tool get --as ":            "mermaid text",
		"tool get --to get --fr":    "--from",
		"tool get --as text x --le": "--level",
	} {
		words := strings.Split(line, " ")
		quoted := "'" + strings.Join(words, "' '") + "'"
		t.Run("bash", func(t *testing.T) {
			out, err := with(t, "--help-bash", "bash", "-c",
				`source "$0"; COMP_WORDS=(`+quoted+`); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _tool; printf '%s\n' "${COMPREPLY[@]}" | sort`)
			if got := strings.Join(strings.Fields(out), " "); got != want || err != nil {
				t.Errorf("%q: bash offers %q, not %q (%v)", line, got, want, err)
			}
		})
		t.Run("fish", func(t *testing.T) {
			out, err := with(t, "--help-fish", "fish", "--no-config", "-c", `source $argv[1]; complete -C '`+line+`' | string replace -r '\t.*' '' | sort`)
			if got := strings.Join(strings.Fields(out), " "); got != want || err != nil {
				t.Errorf("%q: fish offers %q, not %q (%v)", line, got, want, err)
			}
		})
	}
}

// with runs a program on a page, or skips the test where there is none.
func with(t *testing.T, flag string, args ...string) (string, error) {
	t.Helper()
	program, err := exec.LookPath(args[0])
	if err != nil {
		t.Skipf("NOT TESTED: there is no %s here", args[0])
	}
	path := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(path, []byte(made(t, flag)), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, append(args[1:], path)...)
	c.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C.UTF-8", "PAGER=cat", "MANPAGER=cat")
	out, err := c.CombinedOutput()
	return string(out), err
}
