package binaries

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// installed installs the deb below a folder, looks at what came, and removes
// it. The machine's own packages are not touched.
func installed(ctx context.Context, r *release) (said string, err error) {
	root, err := os.MkdirTemp("", "gozyre-deb-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(root)
	admin := filepath.Join(root, "var", "lib", "dpkg")
	for _, dir := range []string{"info", "updates"} {
		if err := os.MkdirAll(filepath.Join(admin, dir), 0o755); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(admin, "status"), nil, 0o644); err != nil {
		return "", err
	}
	dpkg := func(args ...string) error {
		out, err := exec.CommandContext(ctx, "dpkg", append([]string{"--root=" + root, "--log=/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("dpkg %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	deb := filepath.Join(r.dist, "gozyre_"+r.Version+"_amd64.deb")
	if err := dpkg("--install", deb); err != nil {
		return "", err
	}
	came, err := files(root, admin)
	if err != nil {
		return "", err
	}
	if err := expected(r.tools, came); err != nil {
		return "", err
	}
	for _, tool := range r.tools {
		out, err := exec.CommandContext(ctx, filepath.Join(root, "usr/bin", tool), "--version").Output()
		if err := errors.Join(err, r.says(tool, "linux/amd64", out)); err != nil {
			return "", err
		}
	}
	if err := errors.Join(dpkg("--remove", "gozyre"), dpkg("--purge", "gozyre")); err != nil {
		return "", err
	}
	left, err := files(root, admin)
	if err != nil {
		return "", err
	}
	if len(left) > 0 {
		return "", fmt.Errorf("after dpkg --purge there is still %s", strings.Join(left, ", "))
	}
	return fmt.Sprintf("%d files installed, used, removed; nothing left", len(came)), nil
}

// files lists what is below root, without the folders, and without what lies in
// except.
func files(root, except string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == except:
			return fs.SkipDir
		case !d.IsDir():
			name, _ := filepath.Rel(root, path) // it lies below
			out = append(out, filepath.ToSlash(name))
		}
		return nil
	})
	return out, err
}

// expected refuses a list of installed files that lacks one, or has another
// than those.
func expected(tools, came []string) error {
	want := []string{"usr/share/doc/gozyre/changelog.gz", "usr/share/doc/gozyre/copyright"}
	for _, tool := range tools {
		want = append(want, "usr/bin/"+tool, "usr/share/man/man1/"+tool+".1.gz", "usr/share/bash-completion/completions/"+tool,
			"usr/share/zsh/vendor-completions/_"+tool, "usr/share/fish/vendor_completions.d/"+tool+".fish")
	}
	for _, name := range want {
		if !slices.Contains(came, name) {
			return fmt.Errorf("the deb brings no /%s", name)
		}
	}
	for _, name := range came {
		if !slices.Contains(want, name) {
			return fmt.Errorf("the deb brings /%s, which nobody knows of", name)
		}
	}
	return nil
}
