package zpl

import (
	"fmt"
	"strings"
)

// Set gives the property at a path a value. What is missing of the path is
// added behind its neighbours; an index may be one more than there are, which
// adds another property of the name. A value that cannot be written is refused,
// and changes nothing: see [ErrUnwritable].
func (n *Node) Set(path, value string) error {
	steps, err := parsePath(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	if len(steps) == 0 {
		return fmt.Errorf("%w: path %s: the root has no value", ErrUnwritable, quoted(path))
	}
	at, missing := n, len(steps)
	for i, s := range steps {
		next, count := at.child(s)
		if next == nil {
			if s.index > count+1 {
				return fmt.Errorf("%w: path %s: the next %s would be %[3]s[%d]", ErrUnwritable, quoted(path), s.name, count+1)
			}
			missing = i
			break
		}
		at = next
	}
	for i, s := range steps[missing:] {
		if i > 0 && s.index > 1 {
			return fmt.Errorf("%w: path %s: there is no %s here yet", ErrUnwritable, quoted(path), s.name)
		}
	}
	if missing < len(steps) {
		if _, err := writeValue(value, ""); err != nil {
			return fmt.Errorf("%w: path %s: %w", ErrUnwritable, quoted(path), err)
		}
		for _, s := range steps[missing:] {
			at = at.add(s.name)
		}
	}
	l, _ := lex(at.text)
	if _, err := writeValue(value, l.tail); err != nil {
		return fmt.Errorf("%w: path %s: %w", ErrUnwritable, quoted(path), err)
	}
	at.Value = value
	return nil
}

// child returns the child that a step means, and how many have its name.
func (n *Node) child(s step) (found *Node, count int) {
	for _, c := range n.Children {
		if c.Name == s.name {
			if count++; count == max(1, s.index) {
				found = c
			}
		}
	}
	return found, count
}

// add adds a child behind the others, and behind the comments at the end of n.
// Where empty lines part the others, one stands above it too.
func (n *Node) add(name string) *Node {
	c := &Node{Name: name, file: n.file, lead: n.foot}
	if last := len(n.Children) - 1; n.foot == "" && last > 0 {
		if first, _ := cutLine(n.Children[last].lead); isBlank(first) {
			c.lead = first
		}
	}
	n.foot = ""
	n.Children = append(n.Children, c)
	return c
}

// Remove takes away the property at a path, with all below it and with the
// comment directly above it. It reports whether there was one.
func (n *Node) Remove(path string) bool {
	steps, err := parsePath(path)
	if err != nil || len(steps) == 0 {
		return false
	}
	parent := n
	for _, s := range steps[:len(steps)-1] {
		if parent, _ = parent.child(s); parent == nil {
			return false
		}
	}
	gone, _ := parent.child(steps[len(steps)-1])
	if gone == nil {
		return false
	}
	for i, c := range parent.Children {
		if c != gone {
			continue
		}
		parent.Children = append(parent.Children[:i:i], parent.Children[i+1:]...)
		heir := &parent.foot
		if i < len(parent.Children) {
			heir = &parent.Children[i].lead
		}
		left := withoutComment(gone.lead)
		first, _ := cutLine(*heir)
		if isBlank(left) && (isBlank(first) || i == len(parent.Children)) {
			left = "" // else two gaps would become one of double size
		}
		*heir = left + *heir
		break
	}
	return true
}

// withoutComment returns the lines without the comment at their end.
func withoutComment(lines string) string {
	keep := 0
	for rest := lines; rest != ""; {
		var text string
		if text, rest = cutLine(rest); isBlank(text) {
			keep = len(lines) - len(rest)
		}
	}
	return lines[:keep]
}

// isBlank reports whether lines are there, and hold nothing but blanks.
func isBlank(lines string) bool { return lines != "" && strings.Trim(lines, blanks+"\r\n") == "" }
