package dir

import (
	"io/fs"
	"os"
	"slices"
	"strings"
)

// folder is a folder as it was seen last. It may stand in the tree more than once, if symbolic links lead to it.
type folder struct {
	up     *folder // nil: the directory itself
	name   string  // as it is offered, relative, with slashes; "" for the directory itself
	real   string  // where it is: the same, unless a symbolic link is in its name
	linked bool    // a symbolic link is in its name
	depth  int
	info   fs.FileInfo // which folder it is; nil before it was read
	files  []*File     // sorted by name
	subs   map[string]*folder

	seen    int  // the visit of up that found it last
	watched bool // notifications come for it
	queued  bool // it will be visited
	deep    bool // and all below it
	dead    bool // it is no longer in the tree
}

// under is the offered name of something in the folder.
func (d *folder) under(base string) string {
	if d.up == nil {
		return base
	}
	return d.name + "/" + base
}

// realUnder is where something in the folder is.
func (d *folder) realUnder(base string) string {
	if d.real == "" {
		return base
	}
	return d.real + "/" + base
}

// search finds a file by the last component of its name. (All names in the folder begin alike.)
func search(files []*File, base string) (int, bool) {
	return slices.BinarySearchFunc(files, base, func(f *File, base string) int { return strings.Compare(f.base(), base) })
}

// file gives the file with that last component, or nil.
func (d *folder) file(base string) *File {
	if i, ok := search(d.files, base); ok {
		return d.files[i]
	}
	return nil
}

// put keeps a file under the last component of its name; nil takes what is there away.
func (d *folder) put(base string, f *File) {
	i, ok := search(d.files, base)
	switch {
	case ok && f != nil:
		d.files[i] = f
	case ok:
		d.files = slices.Delete(d.files, i, i+1)
	case f != nil:
		d.files = slices.Insert(d.files, i, f)
	}
}

// inside tells whether the folder is the one that info is about, or is below it.
func (d *folder) inside(info fs.FileInfo) bool {
	for ; d != nil; d = d.up {
		if d.info != nil && os.SameFile(d.info, info) {
			return true
		}
	}
	return false
}
