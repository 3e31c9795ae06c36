package binaries

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// pagesDir is where goreleaser's configuration looks for what is made here. git
// ignores it.
const pagesDir = "tools/release/pages"

// pages makes all files that go into archives and packages beside the binaries.
func pages(e *repo.Env, programs, version string) error {
	dir := filepath.Join(e.Root, pagesDir)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	files, err := manuals(e, programs, version)
	if err != nil {
		return err
	}
	third, err := licences(e)
	if err != nil {
		return err
	}
	files["THIRD-PARTY-LICENSES.txt"] = third
	ours, err := os.ReadFile(filepath.Join(e.Root, "LICENSE"))
	if err != nil {
		return err
	}
	files["copyright"] = fmt.Appendf(nil, "gozyre, https://github.com/%s\n\n%s\n%s", strings.TrimPrefix(repo.Prefix, "github.com/"), ours, third)
	if files["changelog.gz"], err = changelog(e, version); err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// manuals are the man pages and completions, which the tools print themselves.
func manuals(e *repo.Env, programs, version string) (map[string][]byte, error) {
	cmds, err := os.ReadDir(filepath.Join(e.Root, "tools", "cmd"))
	if err != nil {
		return nil, err
	}
	bin := filepath.Join(programs, "tools")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return nil, err
	}
	_, err = e.Command("go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w -X "+repo.Prefix+"/tools/internal/cli.release="+version,
		"-o", bin+string(filepath.Separator), "./tools/cmd/...").With(hermetic...).Output()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, cmd := range cmds {
		name := cmd.Name()
		for flag, path := range map[string]string{
			"--help-man":  "man/" + name + ".1",
			"--help-bash": "completions/bash/" + name,
			"--help-zsh":  "completions/zsh/_" + name,
			"--help-fish": "completions/fish/" + name + ".fish",
		} {
			if files[path], err = e.Command(filepath.Join(bin, name), flag).Output(); err != nil {
				return nil, err
			}
		}
		files["man.gz/"+name+".1.gz"] = zipped(files["man/"+name+".1"])
	}
	return files, nil
}

// changelog is what Debian wants of a package: its version, and who made it when.
func changelog(e *repo.Env, version string) ([]byte, error) {
	out, err := e.Command("git", "log", "-1", "--format=%cI").Output()
	if err != nil {
		return nil, err
	}
	when, err := time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
	if err != nil {
		return nil, err
	}
	return zipped(fmt.Appendf(nil, "gozyre (%s) unstable; urgency=medium\n\n  * What changed is in CHANGELOG.md of each module.\n\n"+
		" -- gozyre contributors <gozyre@users.noreply.github.com>  %s\n",
		strings.TrimPrefix(version, "v"), when.UTC().Format(time.RFC1123Z))), nil
}

// zipped is text in gzip without a time or a name in it: the same octets each time.
func zipped(text []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is legal
	w.Write(text)                                           // into memory
	w.Close()
	return out.Bytes()
}
