package dechat

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// errNobody: the line names a peer who is not there (yet).
var errNobody = errors.New("nobody there is called that: /peers shows who is there")

// printable is how a text of the network or of the user appears in a message
// of ours.
func printable(text string) string { return show.Text(text) }

// find reads whom the text after /whisper is for and returns that peer and the
// rest. A peer may be given by name (in quotes, or bare: names may contain
// spaces, and the longest one that fits counts), by name#DIGITS, or by a UUID
// or its first digits. A name goes before digits.
func find(all []zyre.Peer, rest string) (zyre.Peer, string, error) {
	if word, text, ok := quoted(rest); ok {
		peer, err := pick(all, word)
		return peer, text, err
	}
	longest := ""
	for _, p := range all {
		for _, name := range []string{printable(p.Name), show.Tagged(p.Name, p.UUID)} {
			if len(name) > len(longest) && (rest == name || strings.HasPrefix(rest, name+" ")) {
				longest = name
			}
		}
	}
	word, text, _ := strings.Cut(rest, " ")
	if longest != "" {
		word, text = longest, strings.TrimPrefix(rest[len(longest):], " ")
	}
	peer, err := pick(all, word)
	return peer, text, err
}

// pick returns the one peer that word names.
func pick(all []zyre.Peer, word string) (zyre.Peer, error) {
	var byName, byDigits []zyre.Peer
	digits := strings.ToUpper(strings.ReplaceAll(word, "-", ""))
	for _, p := range all {
		switch {
		case printable(p.Name) == word, show.Tagged(p.Name, p.UUID) == word:
			byName = append(byName, p)
		case digits != "" && strings.HasPrefix(p.UUID.String(), digits):
			byDigits = append(byDigits, p)
		}
	}
	found := byName
	if len(found) == 0 {
		found = byDigits
	}
	switch len(found) {
	case 0:
		return zyre.Peer{}, fmt.Errorf("%q: %w", word, errNobody)
	case 1:
		return found[0], nil
	}
	var names []string
	for _, p := range found {
		names = append(names, p.UUID.String()[:unique(all, p.UUID)])
	}
	sort.Strings(names)
	const most = 8
	more := ""
	if len(names) > most {
		names, more = names[:most], ", …"
	}
	return zyre.Peer{}, fmt.Errorf("%d peers answer to %q: say which, by the first digits of the UUID: %s%s",
		len(found), word, strings.Join(names, ", "), more)
}

// leastDigits of a UUID are shown to tell peers apart.
const leastDigits = 6

// unique returns how many digits of id name it and no other of all.
func unique(all []zyre.Peer, id zyre.UUID) int {
	text, digits := id.String(), leastDigits
	for _, p := range all {
		other := p.UUID.String()
		for p.UUID != id && digits < len(text) && other[:digits] == text[:digits] {
			digits++
		}
	}
	return digits
}

// quoted splits off a leading text in double quotes.
func quoted(rest string) (word, text string, ok bool) {
	if !strings.HasPrefix(rest, `"`) {
		return "", "", false
	}
	word, text, ok = strings.Cut(rest[1:], `"`)
	return word, strings.TrimPrefix(text, " "), ok
}

// quotable is how a name has to be typed to be read back by find.
func quotable(name string) string {
	if strings.ContainsFunc(name, unicode.IsSpace) {
		return `"` + name + `"`
	}
	return name
}
