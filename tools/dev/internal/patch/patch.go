// Package patch asks of a patch what C4 calls correct (C4.md, rules 22 to 29), before
// a Maintainer has to: everything that a machine can see, and nothing of whether
// the patch is a good idea.
//
// It finds all that is wrong, not the first thing, and says of each which commit it
// is, what is wrong, which rule says so, and the command that mends it.
package patch

import (
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev patch`.
type Command struct {
	Base  string `placeholder:"REV" help:"Where the patch begins. Without it: where HEAD left upstream/main or, if there is none, origin/main."`
	Tests string `enum:"touched,all,none" default:"touched" help:"Which tests run: of the modules that the patch touches and of those that use them (touched), all of \"test --fast\", or none."`
}

// patch is what is asked about.
type patch struct {
	base    string   // the commit that it stands on
	commits []commit // oldest first
	changes []change // of all of them together
	modules []module
}

// Run examines the patch, and fails when it is not correct.
func (c *Command) Run(e *repo.Env) error {
	p, err := c.read(e)
	if err != nil {
		return fmt.Errorf("patch: %w", err)
	}
	r := &report{e: e}
	unclean, err := workTree(e)
	if err != nil {
		return fmt.Errorf("patch: %w", err)
	}
	r.add(unclean...)
	for _, check := range []func(*repo.Env, *patch) ([]finding, error){
		messages, authors, licences, promises, promisesInCode, evidence,
	} {
		found, err := check(e, p)
		if err != nil {
			return fmt.Errorf("patch: %w", err)
		}
		r.add(found...)
		if err := e.Context.Err(); err != nil {
			return err
		}
	}
	if r.count > 0 && c.Tests != "none" {
		fmt.Fprintln(e.Stdout)
	}
	start := time.Now()
	if len(unclean) > 0 && c.Tests != "none" {
		fmt.Fprintln(e.Stdout)
		return fmt.Errorf("patch: NOT CORRECT YET: %s to mend, told above; no test ran, for what they would test is not what you send", plural(r.count, "thing"))
	}
	tested, failed := c.test(e, p)
	if err := e.Context.Err(); err != nil {
		return err
	}
	r.add(failed...)
	if r.count > 0 {
		fmt.Fprintln(e.Stdout)
		return fmt.Errorf("patch: NOT CORRECT YET: %s to mend, told above; then run this again", plural(r.count, "thing"))
	}
	if tested == "" {
		e.Say("patch: NO TEST RAN (--tests=none): whether the patch is correct by rule 27 is not known; all else is")
	} else {
		e.Say("patch: correct: %s, %s; passed in %v: %s",
			plural(len(p.commits), "commit"), plural(len(p.changes), "file"), time.Since(start).Round(time.Second), tested)
	}
	e.Say("patch: next: git push origin HEAD, and open a pull request to main")
	return nil
}

// read finds the patch.
func (c *Command) read(e *repo.Env) (*patch, error) {
	base, told, err := c.base(e)
	if err != nil {
		return nil, err
	}
	p := &patch{base: base}
	if p.commits, err = commits(e, base); err != nil {
		return nil, err
	}
	if len(p.commits) == 0 {
		return nil, fmt.Errorf("there is no commit since %s, %s: %s", short(base), told, noCommit)
	}
	if p.changes, err = changes(e, base, "HEAD"); err != nil {
		return nil, err
	}
	if p.modules, err = modules(e, base); err != nil {
		return nil, err
	}
	e.Say("patch: %s since %s, %s", plural(len(p.commits), "commit"), short(base), told)
	return p, nil
}

// head reports whether a commit is the patch's last.
func (p *patch) head(c commit) bool { return c.hash == p.commits[len(p.commits)-1].hash }

// reword is the command that changes a commit's message, or the commit.
func (p *patch) reword(c commit, verb string) string {
	if p.head(c) {
		return "git commit --amend"
	}
	return fmt.Sprintf("git rebase -i %s   (and write %s in the place of pick before %s)", short(p.base), verb, short(c.hash))
}

// add is the commands that put a file's change into a commit.
func (p *patch) add(c commit, files string) string {
	if p.head(c) {
		return fmt.Sprintf("git add %s && git commit --amend --no-edit", shell(files))
	}
	return fmt.Sprintf("git add %s && git commit --fixup=%s && git rebase -i --autosquash %s", shell(files), short(c.hash), short(p.base))
}

// last returns the last commit that changed a file.
func (p *patch) last(path string) commit {
	for i := len(p.commits) - 1; i >= 0; i-- {
		for _, ch := range p.commits[i].changes {
			if ch.path == path {
				return p.commits[i]
			}
		}
	}
	return p.commits[len(p.commits)-1]
}

// workTree wants what is tested to be what is sent.
func workTree(e *repo.Env) ([]finding, error) {
	out, err := e.Command("git", "status", "--porcelain=v1", "-z", "--no-renames").Output()
	if err != nil || len(out) == 0 {
		return nil, err
	}
	var files []string
	for _, line := range fields(out) {
		if len(line) > 3 {
			files = append(files, line[3:])
		}
	}
	return []finding{{
		where: "the work tree",
		what:  "is not clean: " + some(files),
		why:   "the tests run over what lies there, but a push sends what is committed (C4, rule 27).",
		mend:  "git add FILE && git commit --amend   what belongs to the patch\ngit stash --include-untracked        what does not; git stash pop brings it back",
	}}, nil
}

// checkContracts is another function in tests whose modules have no code to speak of.
var checkContracts = contract.Check

// promisesInCode asks whether api.txt says what the code says.
func promisesInCode(e *repo.Env, _ *patch) ([]finding, error) {
	err := checkContracts(e)
	if err == nil {
		return nil, nil
	}
	return []finding{{
		where: "api.txt and the code",
		what:  "differ:\n" + strings.TrimSpace(err.Error()),
		why:   "what a module promises is written in its api.txt, and holds (C4, rules 25 and 55 to 63).",
		mend: "go run ./tools/dev contract && git add -A && git commit --amend --no-edit   when the patch adds names\n" +
			"else take back what the patch did to the names that are stable",
	}}, nil
}
