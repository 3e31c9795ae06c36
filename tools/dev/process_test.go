package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What the process is told in, outside of Go: people and GitHub read it, and no
// compiler does.

const top = "../.."

// tracked lists files of the checkout.
func tracked(t *testing.T, patterns ...string) []string {
	t.Helper()
	args := append([]string{"-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}, patterns...)
	list, err := exec.Command("git", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 })
}

func content(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// decode reads YAML, and wants no key that GitHub does not know, as far as into has them.
func decode(t *testing.T, file string, into any) {
	t.Helper()
	d := yaml.NewDecoder(bytes.NewReader(content(t, file)))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}

// TestWorkflows: they may read only, what they use has a whole version, and a branch's
// name, which is a stranger's, is in no command.
func TestWorkflows(t *testing.T) {
	files := tracked(t, ".github/workflows")
	if len(files) < 3 {
		t.Fatalf("there are only %q", files)
	}
	whole := regexp.MustCompile(`^actions/[a-z-]+@v\d+\.\d+\.\d+$`)
	commands := 0
	for _, file := range files {
		var w struct {
			Name        string
			On          any
			Permissions map[string]string
			Jobs        map[string]struct {
				RunsOn  string `yaml:"runs-on"`
				Timeout int    `yaml:"timeout-minutes"`
				Steps   []struct {
					Uses, Run string
					With      map[string]any
				}
			}
		}
		decode(t, file, &w)
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s may do more than read: %v", file, w.Permissions)
		}
		for name, job := range w.Jobs {
			if job.Timeout == 0 {
				t.Errorf("%s: %s may run for ever", file, name)
			}
			for _, step := range job.Steps {
				if step.Uses != "" && !whole.MatchString(step.Uses) {
					t.Errorf("%s uses %s: a whole version is wanted, and only what is GitHub's own", file, step.Uses)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: GitHub writes what strangers chose into the command %q", file, step.Run)
				}
				commands += strings.Count(step.Run, "go run ./tools/dev ")
			}
		}
	}
	if commands < 3 {
		t.Errorf("the workflows run only %d of the project's own commands", commands)
	}
}

// TestIssueForm: the problem comes first, and the labels are the two of C4.
func TestIssueForm(t *testing.T) {
	var form struct {
		Name, Description, Title string
		Body                     []struct {
			Type, ID    string
			Attributes  map[string]string
			Validations struct{ Required bool }
		}
	}
	decode(t, ".github/ISSUE_TEMPLATE/problem.yml", &form)
	if form.Title != "Problem: " {
		t.Errorf("an issue begins with %q", form.Title)
	}
	asked := map[string]bool{}
	for _, field := range form.Body {
		if field.Type == "markdown" {
			continue
		}
		if len(asked) == 0 && !strings.HasPrefix(field.Attributes["label"], "Problem:") {
			t.Errorf("the first thing that is asked is %q", field.Attributes["label"])
		}
		asked[field.ID] = field.Validations.Required
	}
	if !asked["problem"] || !asked["saw"] || !asked["expected"] || !asked["version"] {
		t.Errorf("what has to be answered is %v", asked)
	}

	var config struct {
		Blank bool                `yaml:"blank_issues_enabled"`
		Links []map[string]string `yaml:"contact_links"`
	}
	decode(t, ".github/ISSUE_TEMPLATE/config.yml", &config)
	if config.Blank {
		t.Error("an issue may be blank")
	}

	var labels []struct{ Name, Color, Description string }
	decode(t, ".github/labels.yml", &labels)
	if len(labels) != 2 || labels[0].Name != "Urgent" || labels[1].Name != "Ready" {
		t.Errorf("the labels are %v", labels)
	}
	for _, l := range labels {
		if len(l.Description) > 100 {
			t.Errorf("GitHub shows 100 characters of a label's description, and that of %s has %d", l.Name, len(l.Description))
		}
	}
}

// ours is a command of dev in a text, as far as a shell would read it.
var ours = regexp.MustCompile("go run \\./tools/dev ([^`#|&;>\n)]*)")

// TestCommandsExist: whatever command of dev is written in the workflows and in the texts
// for contributors is one that dev has.
func TestCommandsExist(t *testing.T) {
	found := 0
	for _, file := range tracked(t, ".github", "CONTRIBUTING.md", "MAINTAINERS", "README.md", "ARCHITECTURE.md", "tools/dev/main.go", ".ci") {
		for _, m := range ours.FindAllStringSubmatch(string(content(t, file)), -1) {
			line, _, _ := strings.Cut(m[1], "  ") // what follows explains it
			if strings.Contains(line, "|") || line == "" {
				continue
			}
			found++
			parser, err := newParser()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(strings.Fields(line)); err != nil {
				t.Errorf("%s says `go run ./tools/dev %s`, and dev says: %v", file, line, err)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d commands of dev were found: is the pattern still right?", found)
	}
}
