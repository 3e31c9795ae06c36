package release

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// yard is a throw-away place: a clone in which the release happens, and all that the go
// command needs to get our modules from there instead of from where they are published.
type yard struct {
	*repo.Env        // its Root is the clone
	dir       string // the whole place
	variables []string
}

// newYard clones what is committed of a checkout.
func newYard(e *repo.Env) (*yard, error) {
	dir, err := os.MkdirTemp("", "gozyre-release-")
	if err != nil {
		return nil, err
	}
	clone := *e
	clone.Root = filepath.Join(dir, "clone")
	y := &yard{Env: &clone, dir: dir}
	if _, err := git(e, "clone", "--quiet", "--no-hardlinks", e.Root, clone.Root); err != nil {
		y.close()
		return nil, err
	}
	if err := y.environment(e); err != nil {
		y.close()
		return nil, err
	}
	return y, nil
}

func (y *yard) close() { os.RemoveAll(y.dir) }

// environment says where modules come from: ours from the clone, by git, without proxy and
// checksum database, which could know nothing of them; others from the user's own cache
// first, which nothing of ours gets into.
func (y *yard) environment(e *repo.Env) error {
	out, err := e.Command("go", "env", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOROOT").Output()
	if err != nil {
		return err
	}
	settings := strings.Split(strings.ReplaceAll(string(out), "\r", ""), "\n")
	cache, proxy, flags, root := settings[0], settings[1], settings[2], settings[3]
	y.variables = []string{
		"GOWORK=off",
		"GOPROXY=" + fileURL(filepath.Join(cache, "cache", "download")) + "," + proxy,
		"GOPRIVATE=" + repo.Prefix, "GONOPROXY=" + repo.Prefix, "GONOSUMDB=" + repo.Prefix,
		// Without paths in what is built, Go's build cache serves one rehearsal after the other.
		"GOFLAGS=" + strings.TrimSpace(flags+" -modcacherw -trimpath"),
		"GOROOT=" + root, // which a test that was built so would not know
	}
	y.fresh("first")
	y.variables = append(y.variables, gitConfig(
		"url."+fileURL(y.Root)+".insteadOf", "https://"+repo.Prefix,
		"commit.gpgSign", "false", "tag.gpgSign", "false", "core.hooksPath", os.DevNull,
	)...)
	if _, err := git(e, "var", "GIT_COMMITTER_IDENT"); err != nil { // nobody's machine, as in CI
		for _, who := range []string{"AUTHOR", "COMMITTER"} {
			y.variables = append(y.variables, "GIT_"+who+"_NAME=rehearsal", "GIT_"+who+"_EMAIL=rehearsal@localhost")
		}
	}
	return nil
}

// fresh makes everything that follows use a module cache that is empty.
func (y *yard) fresh(name string) {
	y.variables = append(y.variables, "GOMODCACHE="+filepath.Join(y.dir, "modules-"+name))
}

// gitConfig is configuration for git, names and values in turn, behind what the user's
// environment already has of it.
func gitConfig(pairs ...string) []string {
	n, _ := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT"))
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, pairs[i]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, pairs[i+1]))
		n++
	}
	return append(out, fmt.Sprint("GIT_CONFIG_COUNT=", n))
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// run runs a program in the yard, in a folder of the clone or an absolute one, and returns what it printed. If it
// fails, that is part of the error.
func (y *yard) run(dir, name string, args ...string) (string, error) {
	return y.runWith(nil, dir, name, args...)
}

func (y *yard) runWith(more []string, dir, name string, args ...string) (string, error) {
	c := y.Command(name, args...)
	if filepath.IsAbs(dir) {
		c.Dir = dir
		c.With("PWD=" + dir)
	} else {
		c.In(dir)
	}
	out, err := c.With(y.variables...).With(more...).Output()
	if err != nil && len(out) > 0 {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return string(out), err
}
