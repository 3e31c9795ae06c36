package server

import (
	"maps"
	"os"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

// Source is where the content of a directory's files comes from. The core only hands it on.
type Source interface {
	// Open opens a file, if it still is in that state.
	Open(*dir.File) (*os.File, error)
	// Same tells whether an open file still is.
	Same(*dir.File, *os.File) (bool, error)
}

// Offer says under which path a directory is offered, and to whom.
type Offer struct {
	As     string   // a path that virtual.Clean gave: "/" or "/a/b"
	Groups []string // of accounts; none: everybody
	Hidden bool     // only subscriptions for As, or for a path below it, cover what is there (6.6)
}

// mount is a directory offered under a virtual path.
type mount struct {
	Offer
	source Source
	files  map[string]*dir.File // by virtual path
	sorted []string             // the paths in order; nil when they have to be sorted anew. Resyncs share it
}

// path is the virtual path of a name.
func (m *mount) path(name string) string {
	if m.As == "/" {
		return "/" + name
	}
	return m.As + "/" + name
}

func (m *mount) set(path string, p dir.Patch) {
	_, known := m.files[path]
	if p.Deleted {
		delete(m.files, path)
	} else {
		m.files[path] = p.File
	}
	if known == p.Deleted {
		m.sorted = nil
	}
}

// below gives the paths that another one covers, in order.
func (m *mount) below(path string) []string {
	if m.sorted == nil {
		m.sorted = slices.Sorted(maps.Keys(m.files))
	}
	if path == "/" {
		return m.sorted
	}
	from, _ := slices.BinarySearch(m.sorted, path+"/")
	to, _ := slices.BinarySearch(m.sorted, path+"0") // the octet behind "/"
	if _, ok := m.files[path]; ok {
		return []string{path} // and so nothing is below it
	}
	return m.sorted[from:to]
}

// Mount offers a directory whose content is known. Of two that offer the same file, the one that
// was there first counts.
func (c *Core) Mount(now time.Time, source Source, o Offer, content []dir.Patch) []machine.Effect {
	m := &mount{Offer: o, source: source, files: make(map[string]*dir.File, len(content))}
	for _, p := range content {
		if !p.Deleted {
			m.files[m.path(p.File.Name)] = p.File
		}
	}
	c.mounts = append(c.mounts, m)
	c.hide()
	for _, cl := range c.clients {
		if cl.sees(m) {
			cl.mounted(m)
		}
	}
	return c.tell(now, EventFilesChanged)
}

// Unmount stops to offer a directory. Clients keep what they have (5.6, rule 4).
func (c *Core) Unmount(source Source) {
	c.mounts = slices.DeleteFunc(c.mounts, func(m *mount) bool { return m.source == source })
	c.hide()
	for _, cl := range c.clients {
		cl.unmounted(source)
	}
}
