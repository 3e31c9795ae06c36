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

// mount is a directory offered under a virtual path.
type mount struct {
	source Source
	as     string // "/" or "/a/b"
	groups []string
	files  map[string]*dir.File // by virtual path
	sorted []string             // the paths in order; nil when they have to be sorted anew. Resyncs share it
}

// path is the virtual path of a name.
func (m *mount) path(name string) string {
	if m.as == "/" {
		return "/" + name
	}
	return m.as + "/" + name
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

// Mount offers a directory whose content is known, under a virtual path that virtual.Clean gave. Of two that offer the same file, the one that
// was there first counts.
func (c *Core) Mount(now time.Time, source Source, as string, groups []string, content []dir.Patch) []machine.Effect {
	m := &mount{source: source, as: as, groups: groups, files: make(map[string]*dir.File, len(content))}
	for _, p := range content {
		if !p.Deleted {
			m.files[m.path(p.File.Name)] = p.File
		}
	}
	c.mounts = append(c.mounts, m)
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
	for _, cl := range c.clients {
		cl.unmounted(source)
	}
}
