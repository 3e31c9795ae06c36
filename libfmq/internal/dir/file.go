package dir

import (
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// File is a file in a directory, in one state. It does not change.
type File struct {
	Name    string // as it is offered: relative, with slashes, without ".ln". Any octets but NUL
	Link    string // absolute path of the real file, if a portable link stands for it; else empty
	Size    int64  // octets
	ModTime time.Time
	Mode    fs.FileMode
	linked  bool // a symbolic link is in its name
	// No symbolic link is followed on the way to Link.
	straight bool
	Inode    uint64 // 0 where the system has none
	Changed  int64  // when content or properties changed (ctime): nanoseconds since 1970; 0 where the system does not tell

	dir   string // the directory
	via   *stamp // the portable link's own state
	whole bool   // its line has its end: nobody is still writing it
}

// Key is what a Cache knows the file's content by. Its path is the real file's.
func (f *File) Key() Key {
	path := f.Link
	if path == "" {
		path = filepath.Join(f.dir, filepath.FromSlash(f.Name))
	}
	return Key{Path: path, Size: f.Size, ModTime: f.ModTime.UnixNano(), Inode: f.Inode, Changed: f.Changed}
}

// base is the last component of the file's name.
func (f *File) base() string { return f.Name[strings.LastIndexByte(f.Name, '/')+1:] }

// is tells whether info is about a file in this state.
func (f *File) is(info fs.FileInfo) bool {
	inode, changed := system(info)
	return f.Size == info.Size() && f.Inode == inode && f.Changed == changed && f.Mode == info.Mode() && f.ModTime.Equal(info.ModTime())
}

// same tells whether two files are the same in the same state.
func (f *File) same(g *File) bool {
	return f == g || f.Name == g.Name && f.Link == g.Link && f.Size == g.Size && f.Inode == g.Inode && f.Changed == g.Changed &&
		f.Mode == g.Mode && f.ModTime.Equal(g.ModTime)
}

// written is when the file was written to last: it, or the portable link that leads to it, if that may not be whole.
func (f *File) written() time.Time {
	if f.via != nil && !f.whole && f.via.modTime.After(f.ModTime) {
		return f.via.modTime
	}
	return f.ModTime
}

// stamp is the state of a portable link.
type stamp struct {
	size, changed int64
	inode         uint64
	modTime       time.Time
}

func newStamp(info fs.FileInfo) stamp {
	inode, changed := system(info)
	return stamp{size: info.Size(), changed: changed, inode: inode, modTime: info.ModTime()}
}

// Patch is a change of what a directory offers.
type Patch struct {
	File    *File // as it is now; if it is deleted, as it was told last
	Deleted bool  // else it is created, or changed
}
