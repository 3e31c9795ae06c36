package client

import "strings"

// CheckPath gives a path to subscribe to without a "/" at its end; ok is false for what is none (5.4).
func CheckPath(path string) (clean string, ok bool) {
	if path == "/" {
		return path, true
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
