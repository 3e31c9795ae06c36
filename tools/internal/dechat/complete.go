package dechat

import (
	"cmp"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// complete is what Tab does to line, whose cursor is at pos: it completes a
// command, the name after /whisper or the file after /send, as far as only one way leads.
func complete(line string, pos int, all []zyre.Peer) (string, int) {
	before, after := line[:pos], line[pos:]
	var found []string
	start := 0
	switch word, rest, isArg := strings.Cut(before, " "); {
	case !strings.HasPrefix(before, "/"):
		return line, pos
	case !isArg:
		for _, u := range usages {
			if text := "/" + string(u.verb) + " "; strings.HasPrefix(text, before) {
				found = append(found, text)
			}
		}
	case word == "/"+string(send):
		start = len(word) + 1
		found = paths(rest)
	case word == "/whisper" || aliases[strings.TrimPrefix(word, "/")] == whisper:
		start = len(word) + 1
		var names show.Names
		for _, p := range all {
			names.Add(p.Name, p.UUID)
		}
		for _, p := range all {
			name := names.Of(p.Name, p.UUID)
			if name = quotable(name) + " "; strings.HasPrefix(name, rest) || strings.HasPrefix(name, `"`+rest) {
				found = append(found, name)
			}
		}
	}
	if len(found) == 0 {
		return line, pos
	}
	sort.Strings(found)
	text := common(found[0], found[len(found)-1])
	if len(text) < len(before)-start {
		return line, pos
	}
	return before[:start] + text + strings.TrimLeft(after, " "), start + len(text)
}

// paths returns the files and directories whose path begins so.
func paths(begin string) (found []string) {
	dir, base := filepath.Split(begin)
	entries, _ := os.ReadDir(cmp.Or(dir, "."))
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || base == "" && strings.HasPrefix(name, ".") || printable(name) != name {
			continue
		}
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		found = append(found, dir+name)
	}
	return found
}

// common returns what two texts both begin with, in whole characters.
func common(a, b string) string {
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			return a[:i]
		}
	}
	return a
}
