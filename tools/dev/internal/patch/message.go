package patch

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// room is how many characters a subject may have: under 50 (C4, rule 28).
const room = 49

const form = "Problem: what hurts, and whom\n\nSolution: the least that ends it."

// messages asks each commit to be one problem and its answer.
func messages(_ *repo.Env, p *patch) ([]finding, error) {
	var all []finding
	for _, c := range p.commits {
		all = append(all, p.message(c)...)
	}
	return all, nil
}

func (p *patch) message(c commit) []finding {
	subject := c.subject()
	one := func(what, why, mend string) []finding { return []finding{{c.where(), what, why, mend}} }
	if c.parents > 1 {
		return one("is a merge.", "a patch is commits that each solve a problem, and a merge solves none (C4, rules 23 and 35).",
			"git rebase "+short(p.base)+"   (puts your commits behind each other, without the merge; after git fetch, onto upstream/main)")
	}
	for _, mark := range []string{"fixup!", "squash!", "amend!"} {
		if strings.HasPrefix(subject, mark) {
			return one("is a "+mark+" that was not put into its commit yet.", "a commit is one problem, solved (C4, rules 23 and 35).",
				"git rebase -i --autosquash "+short(p.base))
		}
	}
	var all []finding
	add := func(what, why, mend string) { all = append(all, one(what, why, mend)...) }
	if text, ok := strings.CutPrefix(subject, "Problem:"); !ok || strings.TrimSpace(text) == "" {
		add("the subject names no problem: it has to begin with \"Problem: \".",
			"whoever reads the history wants to know which troubles are gone (C4, rules 30 and 35).",
			p.reword(c, "reword")+"\nand give it this form:\n"+form)
	}
	if n := utf8.RuneCountInString(subject); n > room {
		first, rest := split(subject)
		add(fmt.Sprintf("the subject has %d characters, and there is room for %d.", n, room),
			"logs, mails and release notes show one short line, under 50 characters (C4, rule 28).",
			fmt.Sprintf("%s\n# keep     %s (%d characters)\n# and move %s into the text below the empty line, or say the same in fewer words",
				p.reword(c, "reword"), quote(first), utf8.RuneCountInString(first), quote(rest)))
	}
	all = append(all, p.body(c, one)...)
	return all
}

func (p *patch) body(c commit, one func(what, why, mend string) []finding) []finding {
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(c.message, "\r\n"), "\r\n", "\n"), "\n")
	problems, solutions := 0, 0
	for _, line := range lines {
		if strings.HasPrefix(line, "Problem:") {
			problems++
		}
		if strings.HasPrefix(line, "Solution:") {
			solutions++
		}
	}
	const rule28 = "after the subject comes an empty line, then what was done (C4, rules 28 and 30)."
	mend := p.reword(c, "reword") + "\nand give it this form:\n" + form
	switch {
	case problems > 1 || solutions > 1:
		parts := "git reset --soft HEAD^, then git add and git commit for each problem apart"
		if !p.head(c) {
			parts = p.reword(c, "edit") + "\ngit reset HEAD^, then git add and git commit for each problem apart, and git rebase --continue"
		}
		return one(fmt.Sprintf("has %s and %s: a commit is one of each.", plural(problems, "problem"), plural(solutions, "solution")),
			"a patch is the smallest answer to a single problem: such can be understood, tested and taken back one by one (C4, rule 23).", parts)
	case len(lines) > 1 && lines[1] != "":
		return one("the second line is not empty.", rule28, mend)
	case solutions == 0 || len(lines) == 1:
		return one("says no solution: its text has to begin with \"Solution: \".", rule28, mend)
	case !strings.HasPrefix(lines[2], "Solution:"):
		return one("the text begins with "+quote(lines[2])+", not with \"Solution: \".", rule28, mend)
	case strings.TrimSpace(strings.TrimPrefix(strings.Join(lines[2:], ""), "Solution:")) == "":
		return one("the solution is empty.", rule28, mend)
	}
	return nil
}

// split cuts a subject that is too long where a word ends.
func split(subject string) (first, rest string) {
	r := []rune(subject)
	cut := room
	for cut > len("Problem: ") && r[cut] != ' ' {
		cut--
	}
	if r[cut] != ' ' {
		cut = room // one long word
	}
	return strings.TrimSpace(string(r[:cut])), strings.TrimSpace(string(r[cut:]))
}
