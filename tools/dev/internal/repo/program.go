package repo

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// adminDirs are missing in the PATH of an ordinary user of some systems.
var adminDirs = []string{"/usr/sbin", "/sbin"}

// Program returns the path of a program: from PATH, or from where
// administrators keep theirs.
func Program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil || runtime.GOOS == "windows" || filepath.Base(name) != name {
		return path, err
	}
	for _, dir := range adminDirs {
		at := filepath.Join(dir, name)
		if info, statErr := os.Stat(at); statErr == nil && !info.IsDir() {
			return at, nil
		}
	}
	return "", err
}

// Self prepares this very program with other arguments.
func (e *Env) Self(args ...string) (*Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("this program does not know where it is: %w", err)
	}
	return e.Command(path, args...), nil
}
