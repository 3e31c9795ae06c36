package fmqconfig

import (
	"github.com/zeromq/gozyre/zpl"
)

// NewFlags begins what the command line says.
func NewFlags() *Source { return &Source{root: &zpl.Node{}, flags: map[*zpl.Node]string{}} }

// Add adds a section with names and values, all of which a flag said: its name
// is how errors call it.
func (s *Source) Add(flag, section string, pairs ...string) {
	n := s.node(flag, section, "")
	for i := 0; i < len(pairs); i += 2 {
		n.Children = append(n.Children, s.node(flag, pairs[i], pairs[i+1]))
	}
	s.root.Children = append(s.root.Children, n)
}

// Account adds somebody who may log in.
func (s *Source) Account(flag, login, password string) {
	account := s.node(flag, "account", "")
	account.Children = []*zpl.Node{s.node(flag, "login", login), s.node(flag, "password", password)}
	plain := s.node(flag, "plain", "1")
	plain.Children = []*zpl.Node{account}
	security := s.node(flag, "security", "")
	security.Children = []*zpl.Node{plain}
	s.root.Children = append(s.root.Children, security)
}

// NoLinks makes every publish one without links.
func (s *Source) NoLinks() { s.links = true }

func (s *Source) node(flag, name, value string) *zpl.Node {
	n := &zpl.Node{Name: name, Value: value}
	s.flags[n] = flag
	return n
}

// Without takes sections away that are not wanted here.
func (s *Source) Without(sections ...string) *Source {
	var kept []*zpl.Node
	for _, n := range s.root.Children {
		wanted := true
		for _, name := range sections {
			wanted = wanted && n.Name != name
		}
		if wanted {
			kept = append(kept, n)
		}
	}
	s.root.Children = kept
	return s
}
