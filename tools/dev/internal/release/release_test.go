package release

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/binaries"
	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// world is a checkout of a project with four modules and no third parties: base; base/top, which
// imports it; lone and still, which are alone.
type world struct {
	*testing.T
	e         *repo.Env
	out, said bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	t.Setenv("GIT_CONFIG_COUNT", "0") // a rehearsal, which runs this test too, has its own
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+who+"_NAME", "Somebody")
		t.Setenv("GIT_"+who+"_EMAIL", "somebody@example.org")
	}
	w := &world{T: t}
	w.e = &repo.Env{Context: t.Context(), Root: t.TempDir(), Stdout: &w.out, Stderr: &w.said}
	use, replace := "", ""
	for _, dir := range []string{"base", "base/top", "lone", "still"} {
		path := repo.Prefix + "/" + dir
		use += "use ./" + dir + "\n"
		replace += "replace " + path + " v0.1.0 => ./" + dir + "\n"
		w.write(dir+"/go.mod", "module "+path+"\n\ngo 1.26\n")
		w.write(dir+"/CHANGELOG.md", "# Changes of "+dir+"\n\n## Unreleased\n\n- All of it.\n")
		w.write(dir+"/it.go", "package "+filepath.Base(dir)+"\n\n// It is 1.\nfunc It() int { return 1 }\n")
		w.write(dir+"/api.txt", "stable\t.\tIt\tfunc It() int\n")
	}
	w.write("go.work", "go 1.26\n\n"+use+replace)
	w.write("LICENSE", "Do as you like.\n")
	w.write("base/top/go.mod", "module "+repo.Prefix+"/base/top\n\ngo 1.26\n\nrequire "+repo.Prefix+"/base v0.1.0\n")
	w.write("base/top/it.go", "package top\n\nimport \""+repo.Prefix+"/base\"\n\n// It is 1.\nfunc It() int { return base.It() }\n")
	w.write("base/top/it_test.go", "package top\n\nimport \"testing\"\n\nfunc TestIt(t *testing.T) {\n\tif It() != 1 {\n\t\tt.Fail()\n\t}\n}\n")
	w.git("init", "--quiet")
	w.commit("Problem: there is nothing", "Solution: something.")
	return w
}

func (w *world) write(name, text string) {
	w.Helper()
	path := filepath.Join(w.e.Root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.Fatal(err)
	}
}

func (w *world) read(name string) string {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.e.Root, filepath.FromSlash(name)))
	if err != nil {
		w.Fatal(err)
	}
	return string(text)
}

func (w *world) git(args ...string) string {
	w.Helper()
	out, err := git(w.e, args...)
	if err != nil {
		w.Fatal(err)
	}
	return out
}

func (w *world) commit(subject, body string) {
	w.Helper()
	w.git("add", "--all")
	w.git("commit", "--quiet", "--message", subject+"\n\n"+body)
}

// plans asserts what a plan says, a line for each module that gets a version.
func (w *world) plans(want ...string) {
	w.Helper()
	steps, err := plan(w.e)
	if err != nil {
		w.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		if s.next != "" {
			got = append(got, s.Dir+" "+s.next+": "+s.reason)
		}
	}
	if !slices.Equal(got, want) {
		w.Errorf("the plan is\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// release releases, tries it as a stranger would, and takes it into the checkout.
func (w *world) release() {
	w.Helper()
	y, err := newYard(w.e)
	if err != nil {
		w.Fatal(err)
	}
	defer y.close()
	steps, err := plan(y.Env)
	if err != nil {
		w.Fatal(err)
	}
	if err := y.publish(steps); err != nil {
		w.Fatal(err)
	}
	y.fresh("stranger")
	for _, err := range []error{y.goesOn(), y.tidied(steps), y.licensed(steps), y.test(steps[1]), y.take(w.e)} {
		if err != nil {
			w.Fatal(err)
		}
	}
	w.plans()
}

func TestTwoReleases(t *testing.T) {
	w := newWorld(t)
	w.plans("base v0.1.0: never released", "base/top v0.1.0: never released", "lone v0.1.0: never released", "still v0.1.0: never released")
	w.release()
	if tags := w.git("tag", "--points-at", "HEAD"); tags != "base/top/v0.1.0\nbase/v0.1.0\nlone/v0.1.0\nstill/v0.1.0\n" {
		t.Errorf("the tags are\n%s", tags)
	}
	if log := w.read("lone/CHANGELOG.md"); !strings.HasPrefix(log, "# Changes of lone\n\n## Unreleased\n\n## v0.1.0 (2") || strings.Contains(log, "something") {
		t.Errorf("lone's CHANGELOG.md is\n%s", log)
	}
	if !strings.HasSuffix(w.out.String(), "git push --atomic origin HEAD:main base/top/v0.1.0 base/v0.1.0 lone/v0.1.0 still/v0.1.0\n") {
		t.Errorf("it says\n%s", &w.out)
	}

	// What is in a folder of base is not in base, if it is another module.
	w.write("base/top/README.md", "Top.\n")
	w.write("lone/more.go", "package lone\n")
	w.commit("Problem: lone is lonely", "Solution: it has a second file. It helps.")
	w.plans("base/top v0.1.1: only code changed", "lone v0.1.1: only code changed")
	w.write("base/two.go", "package base\n\n// Two is 2.\nfunc Two() int { return 2 }\n")
	w.write("base/api.txt", w.read("base/api.txt")+"draft\t.\tTwo\tfunc Two() int\n")
	w.write("base/CHANGELOG.md", strings.Replace(w.read("base/CHANGELOG.md"), unreleased+"\n", unreleased+"\n\n- Why: two is more.\n", 1))
	w.write("base/top/it.go", strings.Replace(w.read("base/top/it.go"), "base.It()", "base.Two() - base.It()", 1))
	w.commit("Problem: nobody can count", "Solution: base.Two.")
	w.plans("base v0.2.0: contract: added", "base/top v0.1.1: only code changed; requires base v0.2.0", "lone v0.1.1: only code changed")
	w.release()

	date, _, _ := strings.Cut(strings.TrimPrefix(w.read("base/CHANGELOG.md"), "# Changes of base\n\n## Unreleased\n\n## v0.2.0 ("), ")")
	want := "# Changes of base\n\n## Unreleased\n\n## v0.2.0 (" + date + ")\n\n- Why: two is more.\n- nobody can count: base.Two.\n\n" +
		"## v0.1.0 (" + date + ")\n\n- All of it.\n"
	if log := w.read("base/CHANGELOG.md"); log != want {
		t.Errorf("base's CHANGELOG.md is\n%s\nand not\n%s", log, want)
	}
	for name, want := range map[string]string{
		"lone/CHANGELOG.md":     "\n- lone is lonely: it has a second file.\n",
		"base/top/CHANGELOG.md": "\n- nobody can count: base.Two.\n- It requires base v0.2.0.\n",
		"base/top/go.mod":       "\nrequire " + repo.Prefix + "/base v0.2.0\n",
		"base/top/go.sum":       repo.Prefix + "/base v0.2.0 h1:",
		"go.work":               "/base v0.2.0 => ./base\n",
	} {
		if text := w.read(name); !strings.Contains(text, want) {
			t.Errorf("%s has no %q:\n%s", name, want, text)
		}
	}

	// A sibling's version is reason enough, and nothing else is touched.
	w.write("base/it.go", "package base\n\n// It is one.\nfunc It() int { return 1 }\n")
	w.plans("base v0.2.1: only code changed", "base/top v0.1.2: requires base v0.2.1")
}

func TestBroken(t *testing.T) {
	w := newWorld(t)
	w.git("tag", "lone/v1.4.0")
	w.write("lone/api.txt", "stable\t.\tIt\tfunc It() string\n")
	_, err := plan(w.e)
	if err == nil || !strings.Contains(err.Error(), "lone promised in v1.4.0 what it does not keep") ||
		!strings.Contains(err.Error(), ". It was stable, `func It() int`; it is stable, `func It() string`") {
		t.Errorf("a changed stable name gives %v", err)
	}
}

func TestReplace(t *testing.T) {
	w := newWorld(t)
	w.write("still/go.mod", "module "+repo.Prefix+"/still\n\ngo 1.26\n\nreplace example.org/x => ../x\n")
	if _, err := plan(w.e); err == nil || !strings.Contains(err.Error(), "still/go.mod has a replace") {
		t.Errorf("a replace gives %v", err)
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		last  version
		worst contract.Kind
		want  string
	}{
		{version{0, 3, 1}, contract.None, "v0.3.2"},
		{version{0, 3, 1}, contract.Added, "v0.4.0"},
		{version{0, 3, 1}, contract.Drafted, "v0.4.0"},
		{version{0, 3, 1}, contract.Retired, "v0.4.0"},
		{version{0, 3, 1}, contract.Gone, "v0.4.0"},
		{version{1, 3, 1}, contract.None, "v1.3.2"},
		{version{1, 3, 1}, contract.Added, "v1.4.0"},
		{version{1, 3, 1}, contract.Drafted, "v1.4.0"},
		{version{1, 3, 1}, contract.Retired, "v1.4.0"},
		{version{1, 3, 1}, contract.Gone, "v2.0.0"},
	} {
		if got := next(c.last, c.worst).String(); got != c.want {
			t.Errorf("after %v and %v comes %s, not %s", c.last, c.worst, got, c.want)
		}
	}
	if err := fits("x/y", version{2, 0, 0}); err == nil || !strings.Contains(err.Error(), "/v2") {
		t.Errorf("x/y v2.0.0 gives %v", err)
	}
	if err := fits("x/y/v2", version{2, 0, 0}); err != nil {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]bool{"v0.1.0": true, "v10.20.30": true, "v1.2": false, "v1.2.3-rc.1": false, "v01.2.3": false, "1.2.3": false} {
		if v, ok := parse(text); ok != want || ok && v.String() != text {
			t.Errorf("parse(%q) = %v, %v", text, v, ok)
		}
	}
	if newer(version{0, 10, 0}, version{0, 9, 9}) <= 0 {
		t.Error("v0.10.0 is not newer than v0.9.9")
	}
}

func TestItem(t *testing.T) {
	for message, want := range map[string]string{
		"Problem: it is slow\n\nSolution: make it\nfast. And small.\n\nMore.": "- it is slow: make it fast.",
		"Problem: it is slow.\n\nSolution: a package\n\nMore.":                "- it is slow: a package",
		"Mend the fence": "- Mend the fence",
		"Problem: " + strings.Repeat("long ", 39) + "long\n\nSolution: x.": "- " + strings.TrimSpace(strings.Repeat("long ", 29)) + "\n  " + strings.Repeat("long ", 10) + "long: x.",
	} {
		if got := item(message); got != want {
			t.Errorf("of %q it makes\n%s\nand not\n%s", message, got, want)
		}
	}
}

// What a release needs of this very checkout, whatever is in it.
func TestHere(t *testing.T) {
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	e := &repo.Env{Context: t.Context(), Root: root}
	if err := noReplace(e); err != nil {
		t.Error(err)
	}
	modules, err := e.Modules()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		text, err := os.ReadFile(filepath.Join(root, m.Dir, "CHANGELOG.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, _, _, err := split(string(text)); err != nil {
			t.Errorf("%s/CHANGELOG.md: %v", m.Dir, err)
		}
	}
}

func TestCounted(t *testing.T) {
	of := func(kinds ...contract.Kind) (all []contract.Difference) {
		for _, k := range kinds {
			all = append(all, contract.Difference{Kind: k})
		}
		return all
	}
	for want, given := range map[string][]contract.Difference{
		"none":                               nil,
		"2 added":                            of(contract.Added, contract.Added),
		"1 BROKEN, 1 draft changed, 1 added": of(contract.Added, contract.Drafted, contract.Broken),
	} {
		if got := counted(given); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// Who keeps what was made gets what is published, in one folder, and not the folders of the build.
func TestKeep(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "release")
	var made []binaries.Artefact
	for name, kind := range map[string]string{"checksums.txt": "checksums", "casks/gozyre.rb": "cask", "build/dechat": "binary"} {
		path := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		made = append(made, binaries.Artefact{Kind: kind, Path: path})
	}
	if err := keep(made, to); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(to)
	if err != nil || len(entries) != 2 || entries[0].Name() != "checksums.txt" || entries[1].Name() != "gozyre.rb" {
		t.Errorf("it kept %v (%v)", entries, err)
	}
}
