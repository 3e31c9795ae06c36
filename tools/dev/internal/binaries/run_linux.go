package binaries

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// alone runs each tool with nothing but itself in its file system.
func alone(ctx context.Context, r *release) (string, error) {
	for _, tool := range r.tools {
		out, err := chrooted(ctx, r.paths[tool+" linux/amd64"], "--version")
		if err != nil {
			return "", err
		}
		if err := r.says(tool, "linux/amd64", out); err != nil {
			return "", err
		}
	}
	return strings.Join(r.tools, ", "), nil
}

// chrooted runs a program in a file system that has only it.
func chrooted(ctx context.Context, path string, args ...string) ([]byte, error) {
	root, err := os.MkdirTemp("", "gozyre-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	if err := os.WriteFile(filepath.Join(root, name), program, 0o755); err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, "/"+name, args...)
	c.Dir, c.Env = "/", []string{}
	c.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	out, err := c.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s in a folder of its own: %w (not found: it wants a library) %s", name, err, out)
	}
	return out, nil
}

// emulated runs each tool of the other processor.
func emulated(ctx context.Context, r *release) (string, error) {
	for _, tool := range r.tools {
		out, err := exec.CommandContext(ctx, "qemu-aarch64", r.paths[tool+" linux/arm64"], "--version").CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%s: %w %s", tool, err, out)
		}
		if err := r.says(tool, "linux/arm64", out); err != nil {
			return "", err
		}
	}
	return strings.Join(r.tools, ", "), nil
}
