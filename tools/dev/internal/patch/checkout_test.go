package patch

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// author is who writes the commits of the tests.
const author = "Ada Lovelace"

// checkout is a throw-away clone of a small project: the module tide is stable, and
// the module boat uses it.
type checkout struct {
	t        *testing.T
	e        *repo.Env
	out, err *bytes.Buffer // two, for programs write to both at once
}

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	if testing.Short() {
		t.Skip("runs git and go")
	}
	for _, variable := range []string{
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GOPROXY=off", "GOFLAGS=", "GOWORK=",
		"GIT_AUTHOR_NAME=" + author, "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=" + author, "GIT_COMMITTER_EMAIL=ada@example.org",
	} {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	root := t.TempDir()
	out, said := &bytes.Buffer{}, &bytes.Buffer{}
	c := &checkout{t, &repo.Env{Context: t.Context(), Root: root, Stdout: out, Stderr: said}, out, said}
	c.git("init", "--quiet", "--initial-branch=main")
	c.write("go.work", "go 1.26.0\n\nuse (\n\t./boat\n\t./tide\n)\n\nreplace "+repo.Prefix+"/tide v0.1.0 => ./tide\n")
	c.write("AUTHORS", "# One line each.\n"+author+"\n")
	c.write("README.md", "# The sea\n")
	c.write("tools/dev/readme.txt", "so that this is a checkout\n")
	c.write("tide/go.mod", "module "+repo.Prefix+"/tide\n\ngo 1.26\n")
	c.write("tide/tide.go", tideCode)
	c.write("tide/tide_test.go", "package tide\n\nimport \"testing\"\n\nfunc TestHigh(t *testing.T) {\n\tif High(3) != 6 {\n\t\tt.Error(High(3))\n\t}\n}\n")
	c.promise("tide", "stable\t.\tHigh\tfunc High(int) int\nstable\t.\tLow\tfunc Low() int\nstable\t.\tpackage\tpackage tide // import \""+repo.Prefix+"/tide\"\n")
	c.write("boat/go.mod", "module "+repo.Prefix+"/boat\n\ngo 1.26\n\nrequire "+repo.Prefix+"/tide v0.1.0\n")
	c.write("boat/boat.go", "// Package boat floats.\n//\n// Draft: it may sink.\npackage boat\n\nimport \""+repo.Prefix+"/tide\"\n\n"+
		"// Float tells whether it does.\nfunc Float() bool { return tide.High(1) > 1 }\n")
	c.write("boat/boat_test.go", "package boat\n\nimport \"testing\"\n\nfunc TestFloat(t *testing.T) {\n\tif !Float() {\n\t\tt.Error(\"it sank\")\n\t}\n}\n")
	c.promise("boat", "draft\t.\tFloat\tfunc Float() bool\ndraft\t.\tpackage\tpackage boat // import \""+repo.Prefix+"/boat\"\n")
	c.commit("Problem: there is no sea\n\nSolution: this one.")
	c.git("update-ref", "refs/remotes/origin/main", "HEAD")
	return c
}

const tideCode = `// Package tide knows the water.
package tide

// High is how high it rises.
func High(meters int) int { return meters * 2 }

// Low is how low it falls.
func Low() int { return 0 }
`

// promise writes an api.txt as `dev contract` does.
func (c *checkout) promise(module, lines string) {
	c.t.Helper()
	api, err := contract.Parse([]byte(lines))
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(module+"/api.txt", string(api.Format()))
}

func (c *checkout) git(args ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "git", args...)
	cmd.Dir = c.e.Root
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (c *checkout) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.e.Root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// replace changes a file, which has to have what is replaced.
func (c *checkout) replace(name, old, now string) {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.e.Root, name))
	if err != nil {
		c.t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		c.t.Fatalf("%s has no %q", name, old)
	}
	c.write(name, strings.Replace(string(text), old, now, 1))
}

func (c *checkout) commit(message string) {
	c.t.Helper()
	c.git("add", "--all")
	c.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--message="+message)
}

// patch runs the command, and returns what it printed, its error included.
func (c *checkout) patch(command Command) (string, error) {
	c.t.Helper()
	c.out.Reset()
	c.err.Reset()
	err := command.Run(c.e)
	text := c.out.String() + c.err.String()
	if err != nil {
		text += err.Error()
	}
	return text, err
}

// correct wants the patch to be correct, and that this is said.
func (c *checkout) correct(command Command, says ...string) {
	c.t.Helper()
	out, err := c.patch(command)
	if err != nil {
		c.t.Errorf("it is refused:\n%s", out)
	}
	c.says(out, says)
}

// refused wants the patch to be refused, with all these words.
func (c *checkout) refused(command Command, says ...string) string {
	c.t.Helper()
	out, err := c.patch(command)
	if err == nil {
		c.t.Errorf("it passes:\n%s", out)
	}
	c.says(out, says)
	return out
}

func (c *checkout) says(out string, says []string) {
	c.t.Helper()
	for _, s := range says {
		if !strings.Contains(out, s) {
			c.t.Errorf("it does not say %q", s)
		}
	}
	if c.t.Failed() {
		c.t.Logf("it said:\n%s", out)
	}
}
