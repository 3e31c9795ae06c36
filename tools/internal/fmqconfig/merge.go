package fmqconfig

import (
	_ "embed"

	"github.com/zeromq/gozyre/zpl"
)

// Shipped is the configuration that holds where nothing else is said.
//
//go:embed defaults.zpl
var Shipped string

var defaults = func() *Source {
	s, err := Parse("defaults.zpl", []byte(Shipped))
	if err != nil {
		panic(err) // a mistake of the programmer
	}
	return s
}()

// single are the sections of which there is one, in the order in which they
// are printed; lists are those of which there may be any number. Of these, what
// identifies one of them.
var (
	single = []string{"server", "security", "bind", "client"}
	lists  = map[string]func(*zpl.Node) string{
		"publish":   published,
		"connect":   func(n *zpl.Node) string { endpoint, _ := n.Lookup("endpoint"); return endpoint },
		"subscribe": func(n *zpl.Node) string { path, _ := n.Lookup("path"); return clean(path) },
	}
)

// merged is what several sources say together.
type merged struct {
	sections map[string]*zpl.Node   // single ones
	listed   map[string][]*zpl.Node // the others
	places   map[string]int         // where in listed (or among the accounts) one is, by name and what identifies it
	from     map[*zpl.Node]*Source
	plain    *zpl.Node   // says the value of security/plain; nil: nobody
	order    []*zpl.Node // sections as they stand, of all sources but the defaults
}

func merge(sources []*Source) *merged {
	m := &merged{sections: map[string]*zpl.Node{}, listed: map[string][]*zpl.Node{}, places: map[string]int{}, from: map[*zpl.Node]*Source{}}
	for _, name := range single {
		m.sections[name] = &zpl.Node{Name: name}
	}
	m.sections["plain"] = &zpl.Node{Name: "plain"}
	for _, s := range append([]*Source{defaults}, sources...) {
		for _, n := range s.root.Walk() {
			m.from[n] = s
		}
		for _, n := range s.root.Children {
			if s != defaults {
				m.order = append(m.order, n)
			}
			if key := lists[n.Name]; key != nil {
				all := m.listed[n.Name]
				m.put(&all, n.Name+" "+key(n), n)
				m.listed[n.Name] = all
			} else if to := m.sections[n.Name]; to != nil {
				m.lay(to, n)
			}
		}
		if s.links {
			m.noLinks(s)
		}
	}
	return m
}

// put adds n, or puts it in the place of what a source before had there.
func (m *merged) put(all *[]*zpl.Node, key string, n *zpl.Node) {
	if i, there := m.places[key]; there {
		(*all)[i] = n
		return
	}
	m.places[key] = len(*all)
	*all = append(*all, n)
}

// lay lays the properties of a section over those that are there.
func (m *merged) lay(to, section *zpl.Node) {
	for _, n := range section.Children {
		switch n.Name {
		case "echo": // is no setting
		case "account":
			login, _ := n.Lookup("login")
			m.put(&to.Children, "account "+login, n)
		case "plain":
			if n.Value != "" {
				m.sections["plain"].Value, m.plain = n.Value, n
			}
			m.lay(m.sections["plain"], n)
		default:
			m.put(&to.Children, to.Name+"/"+n.Name, n)
		}
	}
}

// noLinks says nolinks in every publish.
func (m *merged) noLinks(s *Source) {
	for i, p := range m.listed["publish"] {
		changed := &zpl.Node{Name: p.Name, Line: p.Line}
		m.from[changed] = m.from[p]
		for _, n := range p.Children {
			if n.Name != "nolinks" {
				changed.Children = append(changed.Children, n)
			}
		}
		n := s.node("--no-links", "nolinks", "1")
		m.from[n] = s
		changed.Children = append(changed.Children, n)
		m.listed["publish"][i] = changed
	}
}

// document is all of it in Go's types.
func (m *merged) document() (*document, error) {
	root := &zpl.Node{}
	for _, name := range single {
		section := m.sections[name]
		if name == "security" {
			section = &zpl.Node{Name: name, Children: append(section.Children[:len(section.Children):len(section.Children)], m.sections["plain"])}
		}
		root.Children = append(root.Children, section)
	}
	for _, name := range []string{"publish", "connect", "subscribe"} {
		root.Children = append(root.Children, m.listed[name]...)
	}
	var d document
	if err := root.Decode(&d); err != nil {
		return nil, err
	}
	return &d, nil
}

// get returns a property of a single section; nil if nobody says it.
func (m *merged) get(section, name string) *zpl.Node { return m.sections[section].Get(name) }

// on reads a switch.
func on(value string) bool {
	var to struct{ On bool }
	text := zpl.Node{Children: []*zpl.Node{{Name: "on", Value: value}}}
	return text.Decode(&to) == nil && to.On
}
