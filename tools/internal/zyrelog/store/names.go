package store

import (
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/internal/show"
)

const (
	mostAlike = 16 // nodes of one hash that are known
	mostNamed = 3  // of them that are named for one record
)

// Names turns hashes into the names of nodes. The zero value knows none.
type Names struct {
	byHash map[uint16][]Node // the last met first
	count  map[string]int    // nodes of a name
	nodes  int
}

// Meet notes nodes, or newer news of them.
func (n *Names) Meet(nodes ...Node) {
	if n.byHash == nil {
		n.byHash, n.count = map[uint16][]Node{}, map[string]int{}
	}
	for _, node := range nodes {
		same := n.byHash[node.Hash]
		if i := slices.IndexFunc(same, func(o Node) bool { return o.UUID == node.UUID }); i >= 0 {
			n.forget(same[i])
			if node.First.After(same[i].First) {
				node.First = same[i].First
			}
			same = slices.Delete(same, i, i+1)
		} else if n.nodes >= maxNodes {
			n.forgetOldest()
			same = n.byHash[node.Hash]
		}
		if len(same) == mostAlike { // UUIDs of one hash are found in seconds: somebody makes fun of us
			n.forget(same[mostAlike-1])
			same = same[:mostAlike-1]
		}
		i, _ := slices.BinarySearchFunc(same, node, func(a, b Node) int { return b.Last.Compare(a.Last) })
		n.byHash[node.Hash] = slices.Insert(same, i, node)
		n.count[show.Text(node.Name)]++
		n.nodes++
	}
}

// forget uncounts a node.
func (n *Names) forget(node Node) {
	n.nodes--
	name := show.Text(node.Name)
	if n.count[name]--; n.count[name] == 0 {
		delete(n.count, name)
	}
}

// forgetOldest makes room: a tenth of those that were met goes, for it takes a
// look at all.
func (n *Names) forgetOldest() {
	var all []Node
	for _, same := range n.byHash {
		all = append(all, same...)
	}
	slices.SortFunc(all, func(a, b Node) int { return b.Last.Compare(a.Last) })
	n.byHash, n.count, n.nodes = nil, nil, 0
	n.Meet(all[:maxNodes*9/10]...)
}

// slack is how far what a node tells may lie outside of the time in which it
// was known to be there: its first records come before its HELLO does.
const slack = 10 * time.Second

// at returns who may be meant: those of that hash who were there then, else
// who was met last.
func (n *Names) at(hash uint16, then time.Time) []Node {
	same := n.byHash[hash]
	there := make([]Node, 0, 1)
	for _, node := range same {
		if !then.Before(node.First.Add(-slack)) && !then.After(node.Last.Add(slack)) {
			there = append(there, node)
		}
	}
	if len(there) == 0 && len(same) > 0 {
		there = append(there, same[0])
	}
	return there
}

// Known reports whether a node of that hash was met.
func (n *Names) Known(hash uint16) bool { return len(n.byHash[hash]) > 0 }

// known returns the names of who is meant, as they are; empty: nobody knows.
func (n *Names) known(hash uint16, then time.Time) string {
	return either(n.at(hash, then), func(node Node) string { return node.Name })
}

// Of returns how a node is shown: by its name, with the hash if others have that
// name too, by the hash alone where it is not known. Two nodes of one hash that
// were there at that time cannot be told apart: then it is both names. It is safe on a terminal.
func (n *Names) Of(hash uint16, then time.Time) string {
	at := n.at(hash, then)
	if len(at) == 0 {
		return "#" + HashText(hash)
	}
	return either(at, func(node Node) string {
		name := show.Text(node.Name)
		if n.count[name] > 1 {
			name += "#" + HashText(hash)
		}
		return name
	})
}

// either joins the names of those who may be meant, each once; of many, the first few.
func either(nodes []Node, nameOf func(Node) string) string {
	var names []string
	for _, node := range nodes {
		name := nameOf(node)
		switch {
		case slices.Contains(names, name):
		case len(names) == mostNamed:
			return strings.Join(names, "|") + "|…"
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

// Find returns the hashes of what a user calls a node: its name as it is shown, with
// or without #HASH, #HASH alone, or four digits or more of its UUID.
func (n *Names) Find(text string) (hashes []uint16) {
	name, tag, tagged := strings.Cut(text, "#")
	digits := strings.ToUpper(strings.ReplaceAll(text, "-", ""))
	if hash, ok := parseHash(tag); tagged && name == "" && ok {
		return []uint16{hash} // whether it is known or not
	}
	const least = 4
	for hash, same := range n.byHash {
		for _, node := range same {
			shown := show.Text(node.Name)
			if shown == text || tagged && shown == name && HashText(hash) == strings.ToUpper(tag) || len(digits) >= least && strings.HasPrefix(node.UUID, digits) {
				hashes = append(hashes, hash)
				break
			}
		}
	}
	slices.Sort(hashes)
	return hashes
}

func parseHash(text string) (hash uint16, ok bool) {
	if len(text) != 4 {
		return 0, false
	}
	for _, c := range []byte(strings.ToUpper(text)) {
		digit := strings.IndexByte("0123456789ABCDEF", c)
		if digit < 0 {
			return 0, false
		}
		hash = hash<<4 | uint16(digit)
	}
	return hash, true
}
