package patch

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// commit is one of the patch.
type commit struct {
	hash    string
	parents int
	author  string
	message string
	changes []change
}

// where names a commit to a reader.
func (c commit) where() string { return "commit " + short(c.hash) + " " + quote(c.subject()) }

func (c commit) subject() string {
	s, _, _ := strings.Cut(c.message, "\n")
	return strings.TrimRight(s, "\r")
}

// change is a file that is not as it was.
type change struct {
	path     string
	status   string // A, M, D or T, as git says it
	old, new string // the blobs; "" where there is none
}

const noCommit = "commit your change first.\n" +
	"If you did, and pushed it: then origin/main is your fork's. Tell git where the project is, and run this again:\n" +
	"  git remote add upstream https://" + repo.Prefix + " && git fetch upstream"

// base returns the commit that the patch stands on, and how that was found.
func (c *Command) base(e *repo.Env) (hash, told string, err error) {
	if _, err := e.Command("git", "rev-parse", "--git-dir").Output(); err != nil {
		return "", "", fmt.Errorf("this is no clone of the project, for git knows nothing of it: get one with git clone https://%s\n%w", repo.Prefix, err)
	}
	from := c.Base
	if from == "" {
		for _, rev := range []string{"upstream/main", "main@{upstream}", "origin/main", "main"} {
			if _, err := resolve(e, rev); err == nil {
				from = rev
				break
			}
		}
	}
	if from == "" {
		return "", "", errors.New("there is neither upstream/main nor origin/main here: say with --base REV where the patch begins,\n" +
			"or tell git where the project is: git remote add upstream https://" + repo.Prefix + " && git fetch upstream")
	}
	rev, err := resolve(e, from)
	if err != nil {
		return "", "", fmt.Errorf("--base=%s is no commit here: git log --oneline shows some, git fetch --all brings those of others", quote(from))
	}
	out, err := e.Command("git", "merge-base", rev, "HEAD").Output()
	if err != nil {
		if cut, _ := e.Command("git", "rev-parse", "--is-shallow-repository").Output(); strings.TrimSpace(string(cut)) == "true" {
			return "", "", fmt.Errorf("this clone has only a part of the history, and where HEAD left %s is not in it: git fetch --unshallow gets the rest", from)
		}
		return "", "", fmt.Errorf("HEAD and %s have no commit in common: is this a clone of the project? %w", from, err)
	}
	told = "where it left " + from
	if c.Base == "" {
		told += " (another: --base REV)"
	}
	return strings.TrimSpace(string(out)), told, nil
}

func resolve(e *repo.Env, rev string) (string, error) {
	out, err := e.Command("git", "rev-parse", "--verify", "--quiet", rev+"^{commit}").Output()
	return strings.TrimSpace(string(out)), err
}

// commits returns those since base, oldest first.
func commits(e *repo.Env, base string) ([]commit, error) {
	out, err := e.Command("git", "-c", "i18n.logOutputEncoding=UTF-8", "log", "--no-show-signature", "--reverse", "--topo-order", "-z",
		"--format=%H%x00%P%x00%an%x00%B", base+"..HEAD").Output()
	if err != nil || len(out) == 0 {
		return nil, err
	}
	var all []commit
	for f := range slices.Chunk(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), 4) {
		if len(f) != 4 {
			return nil, fmt.Errorf("git log printed something strange: %q", f)
		}
		c := commit{hash: f[0], parents: len(strings.Fields(f[1])), author: f[2], message: f[3]}
		if c.parents == 1 {
			if c.changes, err = changes(e, c.hash+"^", c.hash); err != nil {
				return nil, err
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// changes compares two commits.
func changes(e *repo.Env, old, now string) ([]change, error) {
	out, err := e.Command("git", "diff-tree", "-r", "-z", "--no-renames", old, now).Output()
	if err != nil {
		return nil, err
	}
	var all []change
	for pair := range slices.Chunk(fields(out), 2) {
		f := strings.Fields(pair[0]) // :100644 100644 OLD NEW M
		if len(pair) != 2 || len(f) != 5 {
			return nil, fmt.Errorf("git diff-tree printed something strange: %q", pair)
		}
		ch := change{path: pair[1], status: f[4]}
		// A mode of 160000 is another repository's commit, not a file.
		if ch.status != "A" && f[0] != ":160000" {
			ch.old = f[2]
		}
		if ch.status != "D" && f[1] != "160000" {
			ch.new = f[3]
		}
		all = append(all, ch)
	}
	return all, nil
}

// blob reads a file as it was; "" is no file.
func blob(e *repo.Env, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	return e.Command("git", "cat-file", "blob", id).Output()
}

// at reads a file of a commit. A file that is not there is an empty one.
func at(e *repo.Env, rev, file string) ([]byte, error) {
	out, err := e.Command("git", "ls-tree", "-z", rev, "--", file).Output()
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return e.Command("git", "cat-file", "blob", rev+":"+file).Output()
}

// tree lists the files of a commit.
func tree(e *repo.Env, rev string) ([]string, error) {
	out, err := e.Command("git", "ls-tree", "-r", "-z", "--name-only", rev).Output()
	return fields(out), err
}

func fields(out []byte) []string {
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func short(hash string) string { return hash[:min(len(hash), 10)] }

// inside returns which of some folders a file lies in: the innermost one, or "".
func inside(folders []string, file string) string {
	best := ""
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if slices.Contains(folders, dir) {
			return dir
		}
	}
	return best
}
