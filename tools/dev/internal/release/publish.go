package release

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// publish makes the release in the yard's clone: one commit, and a tag for each version.
//
// A module's go.sum has the hashes of its siblings, which the go command wants to get by
// their tags. So the commit is made first, and module by module a tag on it and a tidy
// go.sum in it; each hash is of a folder's contents and not of a commit, so in the end
// all tags move to the commit that has everything.
func (y *yard) publish(steps []step) error {
	if err := y.number(steps); err != nil {
		return err
	}
	date := time.Now().UTC().Format(time.DateOnly)
	var names []string
	for _, s := range steps {
		if s.next == "" {
			continue
		}
		names = append(names, s.Dir+" "+s.next)
		if err := y.describe(s, date); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("nothing changed since the last release")
	}
	if _, err := y.run("", "git", "add", "--all"); err != nil {
		return err
	}
	if _, err := y.run("", "git", "commit", "--quiet", "--message",
		"Problem: what changed has no version\n\nSolution: "+strings.Join(names, ", ")+"."); err != nil {
		return err
	}

	for _, s := range steps {
		if s.next == "" {
			continue
		}
		for _, args := range [][]string{
			{"go", "mod", "tidy"},
			{"git", "add", "--all"},
			{"git", "commit", "--quiet", "--amend", "--no-edit"},
			{"git", "tag", s.tag(s.next)},
		} {
			if _, err := y.run(s.Dir, args[0], args[1:]...); err != nil {
				return fmt.Errorf("%s: %w", s.tag(s.next), err)
			}
		}
	}
	for _, s := range steps {
		if s.next == "" {
			continue
		}
		if _, err := y.run("", "git", "tag", "--force", "--annotate", "--message", s.Dir+" "+s.next, s.tag(s.next)); err != nil {
			return err
		}
	}
	return nil
}

// number writes the versions that siblings require of each other: into go.work, whose
// replaced versions they are, and into each go.mod.
func (y *yard) number(steps []step) error {
	file := filepath.Join(y.Root, "go.work")
	work, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(work)
	for _, s := range steps {
		before, after := s.Path+" "+s.Version+" => ", s.Path+" "+s.version()+" => "
		if !strings.Contains(text, before) {
			return fmt.Errorf("go.work does not replace %s: add `%s./%s` there", s.Path, after, s.Dir)
		}
		text = strings.Replace(text, before, after, 1)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	for _, s := range steps {
		mod := []string{"mod", "edit"}
		for _, sibling := range steps {
			for _, path := range s.Uses {
				if path == sibling.Path {
					mod = append(mod, "-require="+path+"@"+sibling.version())
				}
			}
		}
		if len(mod) == 2 {
			continue
		}
		if _, err := y.run(s.Dir, "go", mod...); err != nil {
			return err
		}
	}
	return nil
}

// describe gives a CHANGELOG.md the section of its new version.
func (y *yard) describe(s step, date string) error {
	file := filepath.Join(y.Root, filepath.FromSlash(s.Dir), "CHANGELOG.md")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	said, err := section(y.Env, s)
	if err != nil {
		return err
	}
	out, err := released(string(text), s.next, date, said)
	if err != nil {
		return fmt.Errorf("%s/CHANGELOG.md: %w", s.Dir, err)
	}
	return os.WriteFile(file, []byte(out), 0o644)
}
