package setup

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// foreignPeers fetches the Node programs that the tests talk with, unless
// they are there already as the lock file wants them.
func (c *Command) foreignPeers(e *repo.Env) error {
	const dir = "tools/interop"
	want, err := locked(filepath.Join(e.Root, dir, "package-lock.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // this checkout has none
	}
	if err != nil {
		return err
	}
	have, err := locked(filepath.Join(e.Root, dir, "node_modules", ".package-lock.json"))
	if err == nil && maps.Equal(have, want) {
		return nil
	}
	if !found("npm") {
		e.Say("setup: there is no npm: install Node.js, else tests with zyre.js are skipped")
		return nil
	}
	e.Say("setup: npm ci (in %s)", dir)
	if c.DryRun {
		return nil
	}
	return e.Command("npm", "ci", "--no-audit", "--no-fund").In(dir).Run()
}

// locked returns the packages of a lock file of npm, with their versions. npm
// leaves one in node_modules that says what it put there.
func locked(path string) (map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		return nil, err
	}
	versions := map[string]string{}
	for name, p := range lock.Packages {
		if name != "" { // the folder itself
			versions[name] = p.Version
		}
	}
	return versions, nil
}
