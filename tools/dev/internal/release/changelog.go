package release

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

const unreleased = "## Unreleased"

// width is how long a line of a CHANGELOG becomes.
const width = 150

// section returns what a module's next section says: what people have written under
// Unreleased, and what the commits since its last version say.
func section(e *repo.Env, s step) (string, error) {
	text, err := os.ReadFile(filepath.Join(e.Root, filepath.FromSlash(s.Dir), "CHANGELOG.md"))
	if err != nil {
		return "", fmt.Errorf("%w: each module has one, with the heading `%s`", err, unreleased)
	}
	_, hand, _, err := split(string(text))
	if err != nil {
		return "", fmt.Errorf("%s/CHANGELOG.md: %w", s.Dir, err)
	}
	if s.last == "" {
		if hand == "" {
			return "", fmt.Errorf("%s/CHANGELOG.md: there is nothing under `%s`: write what the first version has", s.Dir, unreleased)
		}
		return hand, nil
	}
	lines := []string{}
	if hand != "" {
		lines = append(lines, hand)
	}
	log, err := git(e, append([]string{"log", "--no-merges", "--reverse", "--format=%B%x00", s.tag(s.last) + "..HEAD"}, s.files...)...)
	if err != nil {
		return "", err
	}
	for message := range strings.SplitSeq(log, "\x00") {
		if message = strings.TrimSpace(message); message != "" {
			lines = append(lines, item(message))
		}
	}
	if len(s.needs) > 0 {
		lines = append(lines, wrapped("It requires "+strings.Join(s.needs, ", ")+"."))
	}
	return strings.Join(lines, "\n"), nil
}

// split takes a CHANGELOG apart: what is above the heading Unreleased, what is under it,
// and what follows.
func split(text string) (above, under, below string, err error) {
	lines := strings.Split(text, "\n")
	at := slices.Index(lines, unreleased)
	if at < 0 {
		return "", "", "", fmt.Errorf("it has no heading `%s`: put one above the newest version's", unreleased)
	}
	end := slices.IndexFunc(lines[at+1:], func(line string) bool { return strings.HasPrefix(line, "## ") })
	if end < 0 {
		end = len(lines)
	} else {
		end += at + 1
	}
	return strings.Join(lines[:at], "\n"), strings.TrimSpace(strings.Join(lines[at+1:end], "\n")), strings.TrimSpace(strings.Join(lines[end:], "\n")), nil
}

// released gives a CHANGELOG a section for a version, and an empty Unreleased above it.
func released(text, version, date, section string) (string, error) {
	above, _, below, err := split(text)
	if err != nil {
		return "", err
	}
	out := fmt.Sprintf("%s\n%s\n\n## %s (%s)\n\n%s\n", above, unreleased, version, date, section)
	if below != "" {
		out += "\n" + below + "\n"
	}
	return out, nil
}

var (
	problem  = regexp.MustCompile(`^Problem:\s*`)
	solution = regexp.MustCompile(`(?s)\n\s*Solution:\s*(.*)`)
	sentence = regexp.MustCompile(`(?s)^(.*?[.!?])\s+[A-Z]`)
)

// item makes a line of a commit's message: the problem, and the first sentence of the solution.
func item(message string) string {
	subject, _, _ := strings.Cut(message, "\n")
	text := strings.TrimSuffix(problem.ReplaceAllString(subject, ""), ".")
	if found := solution.FindStringSubmatch(message); found != nil {
		first, _, _ := strings.Cut(found[1], "\n\n")
		if cut := sentence.FindStringSubmatch(first); cut != nil {
			first = cut[1]
		}
		text += ": " + first
	}
	return wrapped(text)
}

// wrapped makes an item of a list, in lines that are not too long.
func wrapped(text string) string {
	line, out := "-", ""
	for word := range strings.FieldsSeq(text) {
		if len([]rune(line))+1+len([]rune(word)) > width {
			out += line + "\n"
			line = " "
		}
		line += " " + word
	}
	return out + line
}
