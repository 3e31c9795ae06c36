// Package repo knows the checkout: where it is, which modules it has, and how
// to run a program in it.
package repo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Prefix is where the project is meant to be published. Every module's path
// begins with it.
const Prefix = "github.com/zeromq/gozyre"

// FirstVersion is a module's until it is released for the first time.
const FirstVersion = "v0.1.0"

// Env is what a command of dev runs in.
type Env struct {
	context.Context
	Root           string    // the checkout's absolute path
	Stdout, Stderr io.Writer // the user's
}

// Module is one module of the workspace.
type Module struct {
	Path    string   // the import path
	Dir     string   // relative to the root, with slashes: "libzyre/beacon"
	Uses    []string // siblings that its go.mod requires, directly or not
	Version string   // what siblings require of it: the version that go.work replaces
}

// Find returns the absolute path of the checkout that dir lies in: the nearest
// folder upwards that has a go.work and tools/dev.
func Find(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := start; ; {
		if exists(filepath.Join(at, "go.work")) && exists(filepath.Join(at, "tools", "dev")) {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", fmt.Errorf("%s lies in no checkout of %s: run this from within one", start, Prefix)
		}
		at = up
	}
}

// Modules returns the modules of go.work, each after those that it requires.
func (e *Env) Modules() ([]Module, error) {
	var work struct {
		Use     []struct{ DiskPath string }
		Replace []struct {
			Old struct{ Path, Version string }
		}
	}
	if err := e.goJSON(&work, "work", "edit", "-json"); err != nil {
		return nil, err
	}
	var modules []Module
	for _, use := range work.Use {
		m := Module{Dir: strings.TrimPrefix(filepath.ToSlash(use.DiskPath), "./")}
		var mod struct {
			Module  struct{ Path string }
			Require []struct{ Path string }
		}
		if err := e.goJSON(&mod, "mod", "edit", "-json", filepath.Join(e.Root, m.Dir, "go.mod")); err != nil {
			return nil, err
		}
		m.Path, m.Version = mod.Module.Path, FirstVersion
		for _, r := range work.Replace {
			if r.Old.Path == m.Path {
				m.Version = r.Old.Version
			}
		}
		for _, r := range mod.Require {
			if Ours(r.Path) {
				m.Uses = append(m.Uses, r.Path)
			}
		}
		modules = append(modules, m)
	}
	return ordered(modules)
}

// ordered sorts modules so that each comes after those that it uses.
func ordered(modules []Module) ([]Module, error) {
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	var out []Module
	done := map[string]bool{}
	for len(out) < len(modules) {
		before := len(out)
		for _, m := range modules {
			waits := slices.ContainsFunc(m.Uses, func(path string) bool {
				known := slices.ContainsFunc(modules, func(o Module) bool { return o.Path == path })
				return known && !done[path]
			})
			if !done[m.Path] && !waits {
				done[m.Path] = true
				out = append(out, m)
			}
		}
		if len(out) == before {
			return nil, errors.New("the modules of go.work require each other in a circle: cut one of the requirements in their go.mod")
		}
	}
	return out, nil
}

// Ours reports whether an import path belongs to the project.
func Ours(path string) bool {
	return path == Prefix || strings.HasPrefix(path, Prefix+"/")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (e *Env) goJSON(into any, args ...string) error {
	out, err := e.Command("go", args...).Output()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("go %s printed something that is no JSON: %w", strings.Join(args, " "), err)
	}
	return nil
}
