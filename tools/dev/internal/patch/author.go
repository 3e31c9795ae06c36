package patch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// authors asks who wrote the commits to stand in AUTHORS, under the name of
// their choice: it is they who put it there (C4, rule 21).
func authors(e *repo.Env, p *patch) ([]finding, error) {
	text, err := at(e, "HEAD", "AUTHORS")
	if err != nil {
		return nil, err
	}
	known := listed(string(text))
	var all []finding
	var missing []string
	for _, c := range p.commits {
		name := strings.Join(strings.Fields(c.author), " ")
		if slices.Contains(known, name) || slices.Contains(missing, name) {
			continue
		}
		missing = append(missing, name)
		mend := fmt.Sprintf("printf '%%s\\n' %s >> AUTHORS && %s", shell(name), p.add(c, "AUTHORS"))
		if visible(name) != name || strings.HasPrefix(name, "#") || name == "" {
			mend = "" // no line of AUTHORS can say so
		}
		mend += "\nTo go by another name, one that you are known by: git config user.name 'NAME', then the same with that name\n" +
			"and git commit --amend --no-edit --reset-author"
		all = append(all, finding{
			where: c.where(),
			what:  fmt.Sprintf("its author, %s, does not stand in AUTHORS.", quote(name)),
			why:   "the project belongs to those who made it, and each puts their own name there, nobody else does (C4, rules 20 to 22).",
			mend:  strings.TrimPrefix(mend, "\n"),
		})
	}
	return all, nil
}

// listed reads AUTHORS: a name a line; # begins a comment.
func listed(text string) []string {
	var names []string
	for line := range strings.Lines(text) {
		name := strings.Join(strings.Fields(line), " ")
		if name != "" && name[0] != '#' {
			names = append(names, name)
		}
	}
	return names
}
