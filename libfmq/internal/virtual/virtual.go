// Package virtual is about the paths under which files are offered: "/", or "/" before each component. Section numbers in comments are those of
// rfcs/filemq.
package virtual

import "strings"

// Most is how many octets a path may have that is subscribed to, or published under.
const Most = 4096

// Clean gives a path without a "/" at its end; ok is false for what is none (5.4).
func Clean(path string) (clean string, ok bool) {
	if path == "/" {
		return path, true
	}
	if len(path) > Most {
		return "", false
	}
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "\x00") {
		return "", false
	}
	path = strings.TrimSuffix(path, "/")
	for part := range strings.SplitSeq(path[1:], "/") {
		if part == "" || part == "." || part == ".." {
			return "", false
		}
	}
	return path, true
}

// Covers tells whether a path is another one, or is above it (5.4).
func Covers(path, other string) bool {
	return path == "/" || path == other || strings.HasPrefix(other, path) && other[len(path)] == '/'
}

// CoversFold is Covers for paths of which a file system may think that they are the same: those that differ in cases only.
func CoversFold(path, other string) bool {
	for part := range strings.SplitSeq(path[1:], "/") {
		first, rest, _ := strings.Cut(strings.TrimPrefix(other, "/"), "/")
		if !strings.EqualFold(part, first) {
			return path == "/"
		}
		other = rest
	}
	return true
}

// LocalName is a file's name below a subscribed path; ok is false if the path does not cover it (5.6). The name is not checked otherwise.
func LocalName(path, filename string) (name string, ok bool) {
	switch {
	case path == "/":
		return strings.CutPrefix(filename, "/")
	case filename == path: // subscribed to by its own path
		return path[strings.LastIndexByte(path, '/')+1:], true
	}
	rest, ok := strings.CutPrefix(filename, path)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(rest, "/")
}
