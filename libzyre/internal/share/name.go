package share

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of names (rfcs/zre, 10.1).
const (
	maxName  = 2048 // octets of a virtual name
	maxPart  = 252  // octets of a part of it: ".ln" comes to the link's name, and file systems end at 255
	maxGroup = 255  // octets of a group's name as a part of a path

	groupsFolder = ".groups"
	linkSuffix   = ".ln"
)

// checkName refuses what is no virtual name, and says why.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("is empty")
	case len(name) > maxName:
		return fmt.Errorf("has %d octets: at most %d are possible", len(name), maxName)
	case !utf8.ValidString(name):
		return errors.New("is not UTF-8")
	case strings.ContainsFunc(name, unicode.IsControl):
		return errors.New("has a control character in it")
	}
	for i, part := range strings.Split(name, "/") {
		switch {
		case part == "":
			return errors.New("has an empty part: slashes stand between parts only, and none at the beginning")
		case part == "." || part == "..":
			return fmt.Errorf("has the part %q", part)
		case len(part) > maxPart:
			return fmt.Errorf("has a part of %d octets: at most %d are possible", len(part), maxPart)
		case i == 0 && (strings.EqualFold(part, groupsFolder) || strings.EqualFold(part, ".filemq")):
			return fmt.Errorf("begins with %q, which has a meaning of its own", part)
		}
	}
	return nil
}

// groupPath is the virtual path of what is published to a group.
func groupPath(group string) (path string, ok bool) {
	part := escape(group)
	return "/" + groupsFolder + "/" + part, len(part) <= maxGroup
}

// escape makes one part of a path of a group's name, the same everywhere: all octets but ASCII's letters, digits, "-" and "_" become "%"
// and two upper-case hexadecimal digits.
func escape(group string) string {
	var b strings.Builder
	for i := range len(group) {
		if c := group[i]; plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// split gives the group and the name of what is at a virtual path. What is no group's path in every detail is a name.
func split(path string) (group, name string) {
	path = strings.TrimPrefix(path, "/")
	if rest, ok := strings.CutPrefix(path, groupsFolder+"/"); ok {
		part, name, _ := strings.Cut(rest, "/")
		if group, ok := unescape(part); ok && name != "" {
			return group, name
		}
	}
	return "", path
}

// unescape is the reverse of escape, and takes nothing else.
func unescape(part string) (group string, ok bool) {
	var b []byte
	for i := 0; i < len(part); i++ {
		c := part[i]
		if c == '%' {
			if _, err := fmt.Sscanf(part[i:min(i+3, len(part))], "%%%02X", &c); err != nil {
				return "", false
			}
			i += 2
		}
		b = append(b, c)
	}
	group = string(b)
	return group, group != "" && escape(group) == part
}
