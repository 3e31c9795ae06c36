package patch

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// No file of the project has a licence header: LICENSE speaks for all of them, and
// a patch comes under it by being sent (C4, rule 18). So a header is not missed, but
// one that says something else is not overlooked.

// headerLines is how far into a file a licence may begin.
const headerLines = 40

var (
	spdx = regexp.MustCompile(`SPDX-License-Identifier:\s*(.*?)\s*(?:\*/|-->|$)`)
	// spdxOurs is the project's licence, in the code and in the specifications (rfcs/PROCESS.md).
	spdxOurs  = regexp.MustCompile(`^LGPL-3\.0(-only|-or-later|\+)?( WITH \S+)?$`)
	spdxTexts = regexp.MustCompile(`^GPL-3\.0(-only|-or-later|\+)?$`)

	// foreign are sentences that licences begin with.
	foreign = regexp.MustCompile(`(?i)licen[sc]ed under the (?:apache|mit|bsd|mozilla|eclipse|creative|gnu affero|business)|` +
		`apache license|the mit license|mozilla public license|gnu affero general public|` +
		`permission is hereby granted, free of charge|redistribution and use in source and binary forms|` +
		`permission to use, copy, modify|bsd-style licen[sc]e|business source license|` +
		`all rights reserved|assigns? (?:the |all )?copyright|copyright (?:is )?(?:hereby )?assigned`)
	licenceFile = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|unlicense)(\.|-|$)`)
)

// licences looks at what the patch brings, in headers, that was not there before.
func licences(e *repo.Env, p *patch) ([]finding, error) {
	var all []finding
	for _, ch := range p.changes {
		if ch.status == "D" || slices.Contains(strings.Split(ch.path, "/"), "testdata") {
			continue
		}
		told := ""
		if ch.new == "" {
			told = "is another repository (a submodule), not a file."
		} else if ch.status == "A" && licenceFile.MatchString(path.Base(ch.path)) {
			told = "is another licence beside the project's LICENSE."
		} else {
			now, err := blob(e, ch.new)
			if err != nil {
				return nil, err
			}
			old, err := blob(e, ch.old)
			if err != nil {
				return nil, err
			}
			told = alien(ch.path, header(ch.path, now), header(ch.path, old))
		}
		if told == "" {
			continue
		}
		c := p.last(ch.path)
		all = append(all, finding{
			where: c.where(),
			what:  named(ch.path) + " " + told,
			why: "a patch comes under the project's licence (LICENSE), its author keeps the copyright, and what others wrote is not ours to give\n" +
				"(C4, rules 18, 19 and 26). A file needs no header; `SPDX-License-Identifier: LGPL-3.0-only` is welcome.",
			mend: "you wrote it: take that out, and " + p.add(c, "FILE") +
				"\nsomebody else did: import it as a module in go.mod, and leave the copy out",
		})
	}
	return all, nil
}

// header returns the lines that a file's licence would stand in: of a Go file those
// above the package clause.
func header(file string, text []byte) []string {
	lines := strings.Split(string(text[:min(len(text), 16<<10)]), "\n")
	lines = lines[:min(len(lines), headerLines)]
	if path.Ext(file) == ".go" {
		if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "package ") }); i >= 0 {
			lines = lines[:i]
		}
	}
	return lines
}

// alien tells which of the new lines names a licence that is not the project's.
func alien(file string, now, old []string) string {
	for _, line := range now {
		if slices.Contains(old, line) {
			continue
		}
		if m := spdx.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			if spdxOurs.MatchString(m[1]) || strings.HasPrefix(file, "rfcs/") && spdxTexts.MatchString(m[1]) {
				continue
			}
			return fmt.Sprintf("is licensed as %s, and the project is LGPL-3.0 with an exception.", quote(m[1]))
		}
		if path.Ext(file) != ".md" && foreign.MatchString(line) { // prose may speak of licences
			return fmt.Sprintf("says %s.", quote(strings.TrimSpace(line)))
		}
	}
	return ""
}
