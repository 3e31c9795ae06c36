package inbox

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

const (
	maxName      = 4096 // octets of a name
	maxComponent = 255  // octets of a component
	maxDepth     = 255  // components; so that a walk needs no more open folders than that
)

// private is the inbox's own folder.
const private = ".filemq"

// ErrName says that a name cannot be that of a file in an inbox.
var ErrName = errors.New("inbox: refused name")

// CheckName tells whether a file may have the name: relative, with slashes between components that are neither empty nor "." nor ".."
// and have at most 255 octets, no NUL; not in the inbox's own folder. On Windows nothing that means a device, a stream or another name.
// (rfcs/filemq, 5.6, The local name)
//
// The error is an [ErrName].
func CheckName(name string) error {
	reason := checkName(name)
	if reason == "" {
		return nil
	}
	if len(name) > 300 {
		name = name[:300] + "…"
	}
	return fmt.Errorf("%w: %q %s", ErrName, name, reason)
}

func checkName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > maxName:
		return "has more than 4096 octets"
	case strings.IndexByte(name, 0) >= 0:
		return "has a NUL"
	case strings.Count(name, "/") >= maxDepth:
		return "has more than 255 components"
	}
	for rest, more, first := name, true, true; more; first = false {
		var c string
		c, rest, more = strings.Cut(rest, "/")
		switch {
		case c == "":
			return "has an empty component"
		case c == "." || c == "..":
			return "has the component " + c
		case len(c) > maxComponent:
			return "has a component of more than 255 octets"
		case first && strings.EqualFold(c, private):
			return "is in the inbox's own folder"
		}
		if runtime.GOOS == "windows" {
			if reason := checkWindows(c); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// checkWindows refuses what Windows reads as something else than a plain name of a file.
func checkWindows(c string) string {
	if strings.ContainsFunc(c, func(r rune) bool { return r < ' ' || strings.ContainsRune(`\:*?"<>|`, r) }) {
		return "has a character that Windows does not allow"
	}
	if last := c[len(c)-1]; last == '.' || last == ' ' {
		return "has a component that ends with a dot or a blank"
	}
	if len(c) > 7 && strings.EqualFold(c[:7], "filemq~") { // the short name of the inbox's own folder
		return "may be in the inbox's own folder"
	}
	stem, _, _ := strings.Cut(c, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return "is the name of a device"
	}
	if digit, ok := strings.CutPrefix(stem, "COM"); ok && isPort(digit) {
		return "is the name of a device"
	}
	if digit, ok := strings.CutPrefix(stem, "LPT"); ok && isPort(digit) {
		return "is the name of a device"
	}
	return ""
}

func isPort(s string) bool {
	switch s {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return true
	}
	return false
}
