package inbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"slices"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

const (
	indexFile = "index"
	indexNew  = "index.new"
	maxLine   = 64 << 10 // octets; origin and name can be four times as long, quoted
	// spareLines is how many lines the file may have beyond twice those that count, before it is written anew.
	spareLines = 10_000
)

// entry is a file that came.
type entry struct {
	origin  string
	size    int64
	modTime int64
	inode   uint64
	digest  dir.Digest
	walk    uint32 // number of the List that saw it last
}

func (e *entry) matches(k dir.Key) bool {
	return e != nil && e.size == k.Size && e.modTime == k.ModTime && e.inode == k.Inode
}

type index struct {
	private *os.Root
	log     *slog.Logger
	f       *os.File
	files   map[string]*entry
	folders map[string]bool
	origins map[string]string // one copy of each
	root    *os.Root
	lines   int
	torn    bool // the file does not end with a line's end
	buf     []byte
}

func openIndex(private, root *os.Root, log *slog.Logger) (*index, error) {
	x := &index{private: private, root: root, log: log, files: map[string]*entry{}, folders: map[string]bool{}, origins: map[string]string{}}
	private.Remove(indexNew)
	f, err := private.OpenFile(indexFile, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	x.f = f
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, fmt.Errorf("%w: %s is no regular file: remove it", ErrInTheWay, f.Name())
	}
	x.read(f)
	if x.full() {
		x.compact()
	}
	return x, nil
}

// read takes in the lines. The file that the last line tells of may not have got to its name before a crash: then what was there counts.
func (x *index) read(r io.Reader) {
	in := bufio.NewReaderSize(r, maxLine)
	var before *entry
	var last string
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			x.lines++
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = in.ReadSlice('\n')
			}
			line = nil
		}
		if err != nil {
			x.torn = len(line) > 0
			break
		}
		x.lines++
		rec, ok := parseRecord(line[:max(0, len(line)-1)])
		if !ok {
			continue
		}
		before, last = nil, ""
		if rec.kind == "file" {
			before, last = x.files[rec.name], rec.name
		}
		x.apply(rec)
	}
	if last == "" {
		return
	}
	if info, err := x.root.Lstat(last); err != nil || !x.files[last].matches(keyOf("", info)) {
		if before == nil {
			delete(x.files, last)
		} else {
			x.files[last] = before
		}
		x.restore(last)
	}
}

func (x *index) apply(r record) {
	switch r.kind {
	case "file":
		e := r.entry
		e.origin = x.origin(e.origin)
		x.files[r.name] = &e
	case "gone":
		delete(x.files, r.name)
	case "folder":
		x.folders[r.name] = true
	case "left":
		delete(x.folders, r.name)
	}
}

func (x *index) origin(s string) string {
	if t, ok := x.origins[s]; ok {
		return t
	}
	x.origins[s] = s
	return s
}

// write adds a line.
func (x *index) write(r record) error {
	x.buf = x.buf[:0]
	if x.torn {
		x.buf = append(x.buf, '\n')
	}
	x.buf = appendRecord(x.buf, r)
	if _, err := x.f.Write(x.buf); err != nil {
		x.torn = true
		return fmt.Errorf("inbox: %w", err)
	}
	x.torn = false
	x.lines++
	return nil
}

// put writes a line and takes it in.
func (x *index) put(r record) error {
	err := x.write(r)
	x.apply(r)
	if x.full() {
		x.compact()
	}
	return err
}

// restore writes again what is known of a name, after what write told did not come about.
func (x *index) restore(name string) {
	r := record{kind: "gone", name: name}
	if e := x.files[name]; e != nil {
		r = record{kind: "file", name: name, entry: *e}
	}
	if err := x.write(r); err != nil {
		x.log.Debug("the index cannot be written", "error", err)
	}
}

func (x *index) full() bool { return x.lines > 2*(len(x.files)+len(x.folders))+spareLines }

// compact writes the file anew, with the lines only that count. If it cannot, the old one goes on.
func (x *index) compact() {
	if err := x.rewrite(); err != nil {
		x.private.Remove(indexNew)
		x.lines = len(x.files) + len(x.folders) // not at every line again
		x.log.Debug("the index cannot be written anew", "error", err)
	}
}

func (x *index) rewrite() error {
	x.private.Remove(indexNew)
	f, err := x.private.OpenFile(indexNew, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	var b []byte
	for name, e := range x.files {
		b = appendRecord(b[:0], record{kind: "file", name: name, entry: *e})
		w.Write(b)
	}
	for name := range x.folders {
		b = appendRecord(b[:0], record{kind: "folder", name: name})
		w.Write(b)
	}
	// So that no file's line is the last, which may be taken for one that a crash interrupted.
	w.Write(appendRecord(b[:0], record{kind: "end", name: "-"}))
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	x.f.Close() // Windows renames over no open file
	if err := x.private.Rename(indexNew, indexFile); err != nil {
		f.Close()
		x.f, _ = x.private.OpenFile(indexFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		return err
	}
	x.f, x.torn, x.lines = f, false, len(x.files)+len(x.folders)+1
	return nil
}

// removeFolders removes folders that were made for a file that then did not come, because of a crash.
func (x *index) removeFolders() {
	used := map[string]bool{}
	for name := range x.files {
		for d := path.Dir(name); d != "." && !used[d]; d = path.Dir(d) {
			used[d] = true
		}
	}
	var idle []string
	for d := range x.folders {
		if !used[d] {
			idle = append(idle, d)
		}
	}
	slices.SortFunc(idle, func(a, b string) int { return len(b) - len(a) }) // the deeper ones first
	for _, d := range idle {
		x.removeFolder(d)
	}
}

// removeFolder removes a folder that we made, if it is empty, and tells whether it is gone.
func (x *index) removeFolder(d string) bool {
	if !x.folders[d] {
		return false
	}
	info, err := x.root.Lstat(d)
	if err == nil {
		if !info.IsDir() || x.root.Remove(d) != nil {
			return false
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err := x.put(record{kind: "left", name: d}); err != nil {
		x.log.Debug("the index cannot be written", "error", err)
	}
	return true
}

func (x *index) close() {
	if x != nil && x.f != nil {
		x.f.Close()
	}
}
