package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

var (
	// ErrLocked says that another process, or another Inbox of this one, uses the directory.
	ErrLocked = errors.New("inbox: in use")
	// ErrClosed says that the inbox was closed.
	ErrClosed = errors.New("inbox: closed")
	// ErrGone says that the inbox was deleted while the file was being received. It has to come again.
	ErrGone = errors.New("inbox: deleted while the file was being received")
	// ErrInTheWay says that something else than a file stands under the name, or something else than a folder on the way to it.
	ErrInTheWay = errors.New("inbox: in the way")
)

// Inbox is a directory in which files arrive. Its methods may be called by several goroutines; each [File] belongs to one at a time.
type Inbox struct {
	path   string
	noLink bool // the path itself must not be a symbolic link
	log    *slog.Logger

	mu     sync.Mutex
	at     *place
	closed bool
}

// place is what is held open of an inbox. When the directory was deleted there is another one. Inbox.mu guards it.
type place struct {
	root, private, partial *os.Root
	info, own              fs.FileInfo // of the inbox and of its own folder
	lock                   *os.File
	cache                  *dir.Cache
	index                  *index
	partials               map[partialKey]*partial
	states                 map[string]state // of whole files, by name
	umask                  fs.FileMode
	walks                  uint32  // number of the last List
	next                   uint64  // number of the next temporary file
	last                   *folder // the one that a file went to last
	temp                   handle  // partial, for rename
}

// Open makes the directory if it is not there, takes it into use, and removes what a crash has left. A nil log is silent. The error is an
// [ErrLocked] when another process uses it.
func Open(path string, log *slog.Logger) (*Inbox, error) { return open(path, false, log) }

// OpenFolder is Open of what must not be a symbolic link: then the error is an [ErrInTheWay].
func OpenFolder(path string, log *slog.Logger) (*Inbox, error) { return open(path, true, log) }

func open(path string, noLink bool, log *slog.Logger) (*Inbox, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	in := &Inbox{path: path, noLink: noLink, log: log.With("inbox", path)}
	if in.at, err = in.open(); err != nil {
		return nil, err
	}
	return in, nil
}

func (in *Inbox) open() (_ *place, err error) {
	at := &place{partials: map[partialKey]*partial{}, states: map[string]state{}, next: rand.Uint64()}
	defer func() {
		if err != nil {
			at.close()
		}
	}()
	if err := os.MkdirAll(in.path, 0o777); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if at.root, err = os.OpenRoot(in.path); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if at.info, err = at.root.Stat("."); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if info, err := os.Lstat(in.path); in.noLink && (err != nil || !os.SameFile(info, at.info)) {
		return nil, fmt.Errorf("%w: %s has to be a folder and is a link: remove it", ErrInTheWay, in.path)
	}
	if at.private, at.own, err = ownFolder(at.root, private); err != nil {
		return nil, err
	}
	if at.lock, err = at.private.OpenFile("lock", os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if err := lockFile(at.lock); err != nil {
		return nil, fmt.Errorf("%w: %s by another process (%w): stop that one, or receive into another directory", ErrLocked, in.path, err)
	}
	if at.partial, _, err = ownFolder(at.private, "partial"); err != nil {
		return nil, err
	}
	if at.temp, err = openHandle(at.partial); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if err := at.findPartials(in.log); err != nil {
		return nil, err
	}
	if at.umask, err = at.findUmask(); err != nil {
		return nil, err
	}
	if at.index, err = openIndex(at.private, at.root, in.log); err != nil {
		return nil, err
	}
	at.index.removeFolders()
	if at.cache, err = dir.OpenCache(filepath.Join(in.path, private, "digests")); err != nil {
		return nil, err
	}
	return at, nil
}

// ownFolder opens a folder of the inbox's own, and makes it if need be. A link does not do: it might lead anywhere.
func ownFolder(parent *os.Root, name string) (*os.Root, fs.FileInfo, error) {
	if err := parent.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, nil, fmt.Errorf("inbox: %w", err)
	}
	path := filepath.Join(parent.Name(), name)
	info, err := parent.Lstat(name)
	if err != nil {
		return nil, nil, fmt.Errorf("inbox: %w", err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("%w: %s has to be a folder and is none (%v): remove it", ErrInTheWay, path, info.Mode().Type())
	}
	r, err := parent.OpenRoot(name)
	if err != nil {
		return nil, nil, fmt.Errorf("inbox: %w", err)
	}
	if opened, err := r.Stat("."); err != nil || !os.SameFile(info, opened) {
		r.Close()
		return nil, nil, fmt.Errorf("%w: %s was replaced just now", ErrInTheWay, path)
	}
	return r, info, nil
}

// findUmask looks which permissions a new file gets, for the process's umask cannot be read without changing it.
func (at *place) findUmask() (fs.FileMode, error) {
	at.partial.Remove("umask")
	f, err := at.partial.OpenFile("umask", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o777)
	if err != nil {
		return 0, fmt.Errorf("inbox: %w", err)
	}
	info, err := f.Stat()
	f.Close()
	at.partial.Remove("umask")
	if err != nil {
		return 0, fmt.Errorf("inbox: %w", err)
	}
	return 0o777 &^ info.Mode().Perm(), nil
}

// place gives the inbox as it is now. When the directory under the path is not the one that was opened, because it was deleted or moved
// away, it is made again. Inbox.mu is held.
func (in *Inbox) place() (*place, error) {
	if in.closed {
		return nil, ErrClosed
	}
	if in.at != nil {
		if info, err := os.Stat(in.path); err == nil && os.SameFile(info, in.at.info) {
			return in.at, nil
		}
	}
	return in.renew()
}

func (in *Inbox) renew() (*place, error) {
	if in.at != nil {
		in.log.Warn("the inbox was deleted or moved away; it is made again, and files that were being received have to come again")
		in.at.close()
		in.at = nil
	}
	at, err := in.open()
	if err != nil {
		return nil, err
	}
	in.at = at
	return at, nil
}

// Close ends the use of the inbox. Files that are still being received have to be kept or discarded before.
func (in *Inbox) Close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil
	}
	in.closed = true
	if in.at == nil {
		return nil
	}
	err := in.at.close()
	in.at = nil
	return err
}

func (at *place) close() error {
	var err error
	if at.cache != nil {
		err = at.cache.Close()
	}
	at.index.close()
	at.forgetFolder()
	at.temp.close()
	if at.lock != nil {
		at.lock.Close()
	}
	for _, r := range []*os.Root{at.partial, at.private, at.root} {
		if r != nil {
			r.Close()
		}
	}
	return err
}
