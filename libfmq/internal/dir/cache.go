package dir

import (
	"crypto/sha1"
	"os"
	"sync"
	"time"
)

// Digest is the SHA-1 of a file's content.
type Digest [sha1.Size]byte

// Key is what tells one state of a file from another, as far as its content goes.
type Key struct {
	Path    string // absolute
	Size    int64  // octets
	ModTime int64  // nanoseconds since 1970
	Inode   uint64 // 0 where the system has none
	Changed int64  // ctime, nanoseconds since 1970: who writes to a file and sets its time back is noticed. 0 where the system does not tell
}

// Bounds of a cache. What exceeds them costs that a digest has to be computed again, and nothing else.
const (
	maxEntries = 1 << 20          // paths held; about 200 octets each
	maxPath    = 4096             // octets of a path
	maxUnsaved = 16 << 20         // octets that wait for the disk
	saveAt     = 256 << 10        // octets that are not left waiting for saveEvery
	saveEvery  = time.Second      // how long an entry waits for others before it is written
	maxRead    = maxEntries * 400 // octets of a file that are read
)

// Cache keeps digests of files, in memory and in a file. It holds one state for each path: what is known of an older one is forgotten.
// It may be used by several goroutines. Nobody waits for the disk: entries are written in the background, and those of the last second
// are lost when the process is killed.
//
// The file belongs to one process at a time; a second one keeps its digests in memory only, as one whose disk is full does. Nothing but
// time depends on the file: a line of it that is damaged is left out. It is not protected against somebody who may write in its folder.
type Cache struct {
	mu      sync.RWMutex
	entries map[string]entry
	limit   int    // paths held at most
	unsaved []byte // lines that are not in the file yet
	timer   *time.Timer
	armed   bool // the timer will save
	closed  bool
	err     error // why entries are, or were last, not in the file

	disk  sync.Mutex // held while the file is worked at; before mu
	file  string
	log   *os.File // nil: memory only
	lock  *os.File
	lines int  // in the file, good or not
	torn  bool // the file does not end with a line end
}

// entry is the state that is known of a path.
type entry struct {
	size, modTime int64
	inode         uint64
	changed       int64
	digest        Digest
}

// OpenCache opens the cache in the named file, and makes the file, and its folder, if they are not there. An empty name is a cache in
// memory only; so is one whose file another Cache has open, here or in another process (Err tells). An error means that the file
// cannot be read or made; then there is no Cache. Beside the file there are, with the same name and ".lock" and ".new", the lock, and
// for moments its successor.
func OpenCache(file string) (*Cache, error) {
	c := &Cache{entries: make(map[string]entry), limit: maxEntries, file: file}
	if file == "" {
		return c, nil
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return c, nil
}

// Get gives the digest that was Put for this very state of a file.
func (c *Cache) Get(key Key) (Digest, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.entries[key.Path]
	if !ok || e.size != key.Size || e.modTime != key.ModTime || e.inode != key.Inode || e.changed != key.Changed {
		return Digest{}, false
	}
	return e.digest, true
}

// Put keeps a digest. It does not wait for the disk. After Close it does nothing.
func (c *Cache) Put(key Key, digest Digest) {
	if len(key.Path) > maxPath {
		return
	}
	e := entry{key.Size, key.ModTime, key.Inode, key.Changed, digest}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[key.Path]; c.closed || ok && old == e {
		return
	} else if !ok && len(c.entries) >= c.limit {
		for victim := range c.entries { // any: which one will not be asked for any more is not known
			delete(c.entries, victim)
			break
		}
	}
	c.entries[key.Path] = e
	if c.file == "" || len(c.unsaved) > maxUnsaved {
		return
	}
	c.unsaved = appendLine(c.unsaved, key.Path, e)
	if c.timer == nil {
		c.timer = time.AfterFunc(saveEvery, c.save)
	} else if !c.armed {
		c.timer.Reset(saveEvery)
	} else if len(c.unsaved) > saveAt {
		c.timer.Reset(0)
	}
	c.armed = true
}

// Err says why digests are not in the file: another process has it open, the disk is full. Nil if the last ones were written, or if
// there is no file.
func (c *Cache) Err() error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.err
}

// Close writes what is not written yet, and gives the file free for others. Its error is that of the last writing: digests may be
// missing from the file. It is idempotent.
func (c *Cache) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	c.save() // a save that the timer began before ends first
	c.disk.Lock()
	defer c.disk.Unlock()
	if c.log == nil {
		return nil
	}
	err := c.log.Close()
	c.log = nil
	if e := c.Err(); e != nil {
		err = e
	}
	c.lock.Close()
	return err
}
