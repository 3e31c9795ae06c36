package binaries

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

func here(t *testing.T) *repo.Env {
	t.Helper()
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	return &repo.Env{Context: t.Context(), Root: root, Stdout: t.Output(), Stderr: t.Output()}
}

// dist is what goreleaser leaves, without the octets.
func dist(t *testing.T, leaveOut string) string {
	t.Helper()
	type extra struct{ Ext, Format string }
	type artefact struct {
		Name   string `json:"name"`
		Path   string `json:"path"`
		Goos   string `json:"goos"`
		Goarch string `json:"goarch"`
		Type   string `json:"type"`
		Extra  extra  `json:"extra"`
	}
	dir := filepath.Join(t.TempDir(), "dist")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	list := []artefact{
		{Name: "gozyre_0.1.0_linux_amd64.tar.gz", Type: "Archive"},
		{Name: "gozyre_0.1.0_amd64.deb", Type: "Linux Package"},
		{Name: "gozyre-0.1.0-1.x86_64.rpm", Type: "Linux Package"},
		{Name: "gozyre_0.1.0_x86_64.apk", Type: "Linux Package"},
		{Name: "gozyre.rb", Type: "Homebrew Cask"},
		{Name: "gozyre_0.1.0_linux_amd64.tar.gz.cdx.json", Type: "SBOM"},
		{Name: "checksums.txt", Type: "Checksum"},
		{Name: "metadata.json", Type: "Metadata"},
	}
	for _, system := range systems {
		goos, goarch, _ := strings.Cut(system, "/")
		name := "zyre"
		if goos == "windows" {
			name += ".exe"
		}
		list = append(list, artefact{Name: name, Goos: goos, Goarch: goarch, Type: "Binary"})
	}
	var kept []artefact
	for i, a := range list {
		if a.Name == leaveOut || a.Goos+"/"+a.Goarch == leaveOut {
			continue
		}
		file := fmt.Sprint(i)
		a.Path = "dist/" + file
		kept = append(kept, a)
		if err := os.WriteFile(filepath.Join(dir, file), []byte("octets"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	data, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "artifacts.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestMade(t *testing.T) {
	made, err := Made(dist(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if want := len(systems) + 7; len(made) != want {
		t.Errorf("there are %d artefacts, not %d: %+v", len(made), want, made)
	}
	for _, a := range made {
		if a.Octets != 6 || (a.Kind == "binary") != (a.Tool == "zyre") {
			t.Errorf("%+v", a)
		}
	}
	for _, missing := range []string{"gozyre_0.1.0_amd64.deb", "checksums.txt", "gozyre.rb", "windows/arm64"} {
		if _, err := Made(dist(t, missing)); err == nil || !strings.HasPrefix(err.Error(), "goreleaser did not make ") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}

func TestLight(t *testing.T) {
	for _, c := range []struct {
		tool   string
		octets int64
		heavy  bool
	}{
		{"zyre", 24e6, false}, {"zyre", 24e6 + 1, true}, {"zpl", 12e6, false}, {"zpl", 12e6 + 1, true}, {"", 100e6, false},
	} {
		if err := light([]Artefact{{Tool: c.tool, Octets: c.octets}}); (err != nil) != c.heavy {
			t.Errorf("%s with %d octets: %v", c.tool, c.octets, err)
		}
	}
}

// The configuration has each tool, and each system.
func TestConfiguration(t *testing.T) {
	e := here(t)
	text, err := os.ReadFile(filepath.Join(e.Root, "tools/release/.goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	tools, err := os.ReadDir(filepath.Join(e.Root, "tools/cmd"))
	if err != nil {
		t.Fatal(err)
	}
	_, cask, _ := strings.Cut(string(text), "binaries: [")
	cask, _, _ = strings.Cut(cask, "]")
	for _, tool := range tools {
		name := tool.Name()
		for _, want := range []string{"main: ./tools/cmd/" + name, "gozyre/man/" + name + ".1\"", "gozyre/completions/bash/" + name + "\"",
			"gozyre/completions/zsh/_" + name + "\"", "gozyre/completions/fish/" + name + ".fish\""} {
			if !strings.Contains(string(text), want) {
				t.Errorf("tools/release/.goreleaser.yaml has no %s: it does not make %s, or its cask lacks something of it", want, name)
			}
		}
		if !strings.Contains(" "+cask+",", " "+name+",") {
			t.Errorf("the cask in tools/release/.goreleaser.yaml does not install %s", name)
		}
	}
	want := strings.NewReplacer("/", "_", "linux/arm,", "linux_arm_7,").Replace("targets: [" + strings.Join(systems, ", ") + "]")
	if !strings.Contains(string(text), want) {
		t.Errorf("tools/release/.goreleaser.yaml does not say %s", want)
	}
}

// Everything that is compiled in may be passed on.
func TestLicences(t *testing.T) {
	text, err := licences(here(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"\nmodernc.org/sqlite v", "\ngithub.com/alecthomas/kong v", "\nGo's library go", "Redistribution and use in source"} {
		if !bytes.Contains(text, []byte(part)) {
			t.Errorf("there is no %q", part)
		}
	}
	if bytes.Contains(text, []byte("\n"+repo.Prefix)) {
		t.Error("our own modules are among the others'")
	}
}

func TestTerms(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"LICENSE", "licence.md", "sub/COPYING-2", "NOTICE.txt", "license.go", "licensed.txt", "README"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("terms\r\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := termsIn(root, []string{root, filepath.Join(root, "sub")})
	want := "\n--- LICENSE ---\n\nterms\n\n--- NOTICE.txt ---\n\nterms\n\n--- licence.md ---\n\nterms\n\n--- sub/COPYING-2 ---\n\nterms\n"
	if got != want || err != nil {
		t.Errorf("%q, not %q (%v)", got, want, err)
	}
}

// A build as goreleaser makes it prints version, commit and date.
func TestVersion(t *testing.T) {
	e := here(t)
	commit, err := e.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		t.Skipf("NOT TESTED: this is no checkout of git: %v", err)
	}
	binary := filepath.Join(t.TempDir(), "zpl")
	if _, err := e.Command("go", "build", "-buildvcs=true", "-ldflags=-X "+repo.Prefix+"/tools/internal/cli.release=v7.8.9",
		"-o", binary, "./tools/cmd/zpl").With(hermetic...).Output(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binary, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	r := &release{Tag: "v7.8.9", Commit: strings.TrimSpace(string(commit))}
	if err := r.says("zpl", runtime.GOOS+"/"+runtime.GOARCH, out); err != nil {
		t.Error(err)
	}
	for _, line := range []string{"", "zpl development" + strings.TrimPrefix(string(out), "zpl v7.8.9"),
		strings.Replace(string(out), " of 20", ", 20", 1), strings.Replace(string(out), r.Commit, "unknown", 1)} {
		if r.says("zpl", runtime.GOOS+"/"+runtime.GOARCH, []byte(line)) == nil {
			t.Errorf("%q would do", line)
		}
	}
}

func TestExpected(t *testing.T) {
	came := strings.Fields("usr/bin/zpl usr/share/man/man1/zpl.1.gz usr/share/bash-completion/completions/zpl usr/share/zsh/vendor-completions/_zpl " +
		"usr/share/fish/vendor_completions.d/zpl.fish usr/share/doc/gozyre/changelog.gz usr/share/doc/gozyre/copyright")
	if err := expected([]string{"zpl"}, came); err != nil {
		t.Error(err)
	}
	if err := expected([]string{"zpl"}, came[:6]); err == nil || !strings.Contains(err.Error(), "brings no /usr/share/doc/gozyre/copyright") {
		t.Errorf("without copyright: %v", err)
	}
	if err := expected([]string{"zpl"}, append(came, "etc/x")); err == nil || !strings.Contains(err.Error(), "brings /etc/x") {
		t.Errorf("with /etc/x: %v", err)
	}
}
