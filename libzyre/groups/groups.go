// Package groups keeps who is in which group, and counts joins and leaves.
//
// A group of ZRE is a name that its members agree on; nobody owns it. Each node
// tells all its peers of each join and leave, with a counter of one octet (the
// status) that lets a peer see that it has missed one (rfcs/zre, 8.1).
// This package is the book-keeping on both sides: Table for who is where, and
// Status for the counter.
//
//	var table groups.Table
//	table.Join(alice, "CHAT")
//	for member := range table.Members("CHAT") {
//		...
//	}
//	if !after.Follows(before) {
//		... // a change was missed
//	}
//
// It knows no sockets, no clock and no goroutines; its values are for one
// goroutine at a time. Nothing here fails or waits, and nothing is bounded: who
// lets strangers join bounds how often.
package groups

import (
	"bytes"
	"iter"
	"slices"
)

// ID names a member; a node's UUID.
type ID = [16]byte

// Table says which members are in which groups. The zero value is an empty one.
type Table struct {
	groups  map[string]*group
	members map[ID]map[string]struct{} // the same, the other way round
}

type group struct {
	name    string
	members []ID // in order
}

// Join puts a member into a group and reports whether it was not yet in it.
// Names are case-sensitive, any octets.
func (t *Table) Join(member ID, name string) bool {
	if t.groups == nil {
		t.groups = make(map[string]*group)
		t.members = make(map[ID]map[string]struct{})
	}
	g := t.groups[name]
	if g == nil {
		g = &group{name: name}
		t.groups[name] = g
	}
	at, found := slices.BinarySearchFunc(g.members, member, compare)
	if found {
		return false
	}
	g.members = slices.Insert(g.members, at, member)
	if t.members[member] == nil {
		t.members[member] = make(map[string]struct{})
	}
	t.members[member][name] = struct{}{}
	return true
}

// Leave takes a member out of a group and reports whether it was in it.
func (t *Table) Leave(member ID, name string) bool {
	g := t.groups[name]
	if g == nil {
		return false
	}
	at, found := slices.BinarySearchFunc(g.members, member, compare)
	if !found {
		return false
	}
	if g.members = slices.Delete(g.members, at, at+1); len(g.members) == 0 {
		delete(t.groups, name)
	}
	if delete(t.members[member], name); len(t.members[member]) == 0 {
		delete(t.members, member)
	}
	return true
}

// Remove takes a member out of all its groups.
func (t *Table) Remove(member ID) {
	for name := range t.members[member] {
		t.Leave(member, name)
	}
}

// Members yields who is in a group, in the order of their IDs, without
// allocating. The table must not change meanwhile.
func (t *Table) Members(name string) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		if g := t.groups[name]; g != nil {
			for _, member := range g.members {
				if !yield(member) {
					return
				}
			}
		}
	}
}

// In reports whether a member is in a group.
func (t *Table) In(member ID, name string) bool {
	_, in := t.members[member][name]
	return in
}

// Of returns the groups that a member is in, sorted.
func (t *Table) Of(member ID) []string {
	of := make([]string, 0, len(t.members[member]))
	for name := range t.members[member] {
		of = append(of, name)
	}
	slices.Sort(of)
	return of
}

// Count returns in how many groups a member is.
func (t *Table) Count(member ID) int { return len(t.members[member]) }

// Names returns the groups that have a member, sorted.
func (t *Table) Names() []string {
	names := make([]string, 0, len(t.groups))
	for name := range t.groups {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Intern returns a group's name as the table holds it, so that the octets of a
// message become a string without allocating where the group is known.
func (t *Table) Intern(name []byte) string {
	if g := t.groups[string(name)]; g != nil {
		return g.name
	}
	return string(name)
}

func compare(a, b ID) int { return bytes.Compare(a[:], b[:]) }
