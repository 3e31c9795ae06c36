package zpl

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Node is a property: a name, a value (perhaps empty), and the properties below
// it. The root, which [Parse] returns, has neither name nor value.
//
// The fields may be changed at will. A node that came from a text knows its
// line, its comments and the empty lines around it; [Node.Text] writes those
// again, and of the line itself no more than what was changed.
type Node struct {
	Name     string  // a name as ZPL has them; the root has none
	Value    string  // as it is meant, without quotes; may be empty
	Children []*Node // the properties below it, in the order of the text
	// Line is where the property stood in its text, from 1. It is 0 for the root
	// and for nodes that a program made.
	Line int

	file string // for errors
	text string // the line as it was read, with its end
	lead string // lines that say nothing and stand above the property
	foot string // the same, below its last child
}

// level returns the level that n was read at; ok is false if it was not read.
func (n *Node) level() (level int, ok bool) {
	l, _ := lex(n.text)
	return l.indent / levelSize, n.text != ""
}

// Get returns the property at a path below n, or nil. A path is names with "/"
// between them, and may begin with one: "/server/bind". Of several properties
// with one name it means the first; "/publish[2]/location" lies in the second
// publish. The path "/" is n itself. A name that holds a "/" has no path: look for it in
// Children.
func (n *Node) Get(path string) *Node {
	for found := range n.All(path) {
		return found
	}
	return nil
}

// All returns the properties that a path means, where its last name is that of
// a list: all that have it, unless an index says which.
func (n *Node) All(path string) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		steps, err := parsePath(path)
		if err != nil {
			return
		}
		at := n
		for i, s := range steps {
			last := i == len(steps)-1
			count, next := 0, (*Node)(nil)
			for _, c := range at.Children {
				if c.Name != s.name {
					continue
				}
				count++
				switch {
				case last && s.index == 0:
					if !yield(c) {
						return
					}
				case count == max(1, s.index):
					next = c
				}
			}
			if next == nil {
				return
			}
			at = next
		}
		yield(at)
	}
}

// Lookup returns the value at a path, and whether there is such a property.
func (n *Node) Lookup(path string) (value string, ok bool) {
	if found := n.Get(path); found != nil {
		return found.Value, true
	}
	return "", false
}

// Values returns the values of the list that a path means; see [Node.All].
func (n *Node) Values(path string) []string {
	var values []string
	for c := range n.All(path) {
		values = append(values, c.Value)
	}
	return values
}

// Walk goes through all properties below n in the order of the text, each with
// the path that leads to it. What has the name of an earlier one beside it has an
// index in its path.
func (n *Node) Walk() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) { n.walk("", yield) }
}

func (n *Node) walk(path string, yield func(string, *Node) bool) bool {
	counts := map[string]int{}
	for _, c := range n.Children {
		below := path + "/" + c.Name
		if counts[c.Name]++; counts[c.Name] > 1 {
			below += "[" + strconv.Itoa(counts[c.Name]) + "]"
		}
		if !yield(below, c) || !c.walk(below, yield) {
			return false
		}
	}
	return true
}

// step is one name of a path.
type step struct {
	name  string
	index int // from 1; 0: none was given
}

// parsePath reads a path; the error says what is wrong with it.
func parsePath(path string) ([]step, error) {
	trimmed := strings.TrimPrefix(path, "/")
	if trimmed == "" {
		return nil, nil
	}
	var steps []step
	for text := range strings.SplitSeq(trimmed, "/") {
		s := step{name: text}
		if name, index, ok := strings.Cut(text, "["); ok {
			number, closed := strings.CutSuffix(index, "]")
			i, err := strconv.Atoi(number)
			if !closed || err != nil || i < 1 {
				return nil, fmt.Errorf("path %s: %s: an index is a number from 1 on in brackets, such as %s[2]",
					quoted(path), quoted(text), printable(name))
			}
			s = step{name, i}
		}
		if !isName(s.name) {
			return nil, fmt.Errorf("path %s: %s is no name: %s", quoted(path), quoted(s.name), nameAdvice)
		}
		steps = append(steps, s)
	}
	return steps, nil
}
