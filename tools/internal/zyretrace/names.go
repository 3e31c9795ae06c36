package zyretrace

import (
	"strconv"
	"strings"
)

// A step may be made before its peer's name is known: its text has a mark for it, which no text that came from elsewhere can hold,
// for they are visible.
const mark = '\x00'

// placeholder is the mark of a node.
func (s *story) placeholder(i int) string {
	if i < 0 {
		return "nobody"
	}
	return string(mark) + strconv.Itoa(i) + string(mark)
}

// say is a step's text, with names.
func (s *story) say(text string) string {
	parts := strings.Split(text, string(mark))
	for i := 1; i < len(parts); i += 2 {
		if n, err := strconv.Atoi(parts[i]); err == nil && n >= 0 && n < len(s.nodes) {
			parts[i] = s.label(n)
		}
	}
	return strings.Join(parts, "")
}
