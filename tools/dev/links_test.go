package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

var (
	fence   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	code    = regexp.MustCompile("`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*)$`)
	label   = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
)

// TestLinks: what a Markdown file of the tree points at within the tree is there, and so is the heading that it names.
func TestLinks(t *testing.T) {
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, name := range markdown(t, root) {
		text := fence.ReplaceAllString(read(t, filepath.Join(root, name)), "")
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			links++
			if err := follow(root, name, m[1]); err != nil {
				t.Errorf("%s: [](%s): %v", name, m[1], err)
			}
		}
	}
	if links < 150 {
		t.Errorf("only %d links in the whole tree: is the pattern still right?", links)
	}
}

// follow looks for what a link in a file points at.
func follow(root, from, to string) error {
	name, anchor, has := strings.Cut(to, "#")
	target := filepath.Join(root, from)
	if name != "" {
		target = filepath.Join(root, filepath.Dir(from), filepath.FromSlash(name))
	}
	if _, err := os.Stat(target); err != nil {
		return fmt.Errorf("there is no such file: mend the name, which counts from the folder of %s", from)
	}
	if !has {
		return nil
	}
	text, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	all := anchors(string(text))
	if !all[anchor] {
		return fmt.Errorf("no heading there gives this anchor")
	}
	return nil
}

// anchors are the names under which the headings of a text can be linked to, as GitHub makes them: small letters, no punctuation,
// a hyphen for each blank, and a number behind the second one that is the same.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		title := strings.TrimSpace(label.ReplaceAllString(m[1], "$1"))
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ' || r == '-':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, title)
		again := slug
		for n := 1; all[again]; n++ {
			again = fmt.Sprintf("%s-%d", slug, n)
		}
		all[again] = true
	}
	return all
}

// markdown lists the Markdown files that git knows, and what it does not ignore.
func markdown(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	for _, name := range checkout(t, root) {
		if strings.HasSuffix(name, ".md") {
			files = append(files, name)
		}
	}
	return files
}

func TestAnchors(t *testing.T) {
	got := anchors("# A `b`_c, d!\n\n```\n# no heading\n```\n## The same\n## The [same](x.md)\n### 5.1 What is – allowed\n")
	for _, want := range []string{"a-b_c-d", "the-same", "the-same-1", "51-what-is--allowed"} {
		if !got[want] {
			t.Errorf("no %q in %v", want, got)
		}
		delete(got, want)
	}
	if len(got) > 0 {
		t.Errorf("too many: %v", got)
	}
}
