package dir

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// The file of a Cache has a line for each Put: a checksum (CRC-32 of the rest of the line), the digest, both in hexadecimal digits,
// size, mtime, inode and ctime in decimal ones, and the path up to the line's end, in which a line end is `\n` and a backslash `\\`. Of two
// lines for a path the later one counts. A process that is killed leaves at worst a last line that is not whole.

// errLocked is the error of lockFile when the lock cannot be had.
var errLocked = errors.New("in use by another process")

// spare is how many lines of the file may be in vain before it is written anew, beyond as many as there are entries.
const spare = 10_000

// open takes the lock, reads the file and gets ready to append to it.
func (c *Cache) open() error {
	if err := os.MkdirAll(filepath.Dir(c.file), 0o700); err != nil {
		return fmt.Errorf("digest cache: %w", err)
	}
	lock, err := lockFile(c.file + ".lock")
	if errors.Is(err, errLocked) {
		c.err = fmt.Errorf("digest cache %s: %w: digests are kept in memory only", c.file, err)
		c.file = ""
		return nil
	} else if err != nil {
		return fmt.Errorf("digest cache: %w", err)
	}
	log, err := os.OpenFile(c.file, os.O_RDWR|os.O_APPEND|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		lock.Close()
		return fmt.Errorf("digest cache: %w", err)
	}
	c.log, c.lock = log, lock
	if err := c.read(log); err != nil {
		log.Close()
		lock.Close()
		return fmt.Errorf("digest cache %s: %w", c.file, err)
	}
	if c.wasteful() {
		c.err = c.compact()
	}
	return nil
}

// read takes the lines of a file in. It fails only if the file cannot be read; what is in it does not matter.
func (c *Cache) read(file io.Reader) error {
	if f, ok := file.(*os.File); ok {
		if info, err := f.Stat(); err == nil { // sized at once: growing would take half of the time
			c.entries = make(map[string]entry, min(info.Size()/140, int64(c.limit)))
		}
	}
	r := bufio.NewReaderSize(io.LimitReader(file, maxRead), 64<<10)
	for {
		line, err := r.ReadSlice('\n')
		whole := err == nil
		for errors.Is(err, bufio.ErrBufferFull) { // far too long: skipped to its end
			line = nil
			_, err = r.ReadSlice('\n')
		}
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		c.lines++
		if whole {
			path, e, ok := parseLine(line[:len(line)-1])
			if _, known := c.entries[string(path)]; ok && (known || len(c.entries) < c.limit) {
				c.entries[string(path)] = e
			}
		}
		if err == io.EOF {
			c.torn = true
			return nil
		} else if err != nil {
			return err
		}
	}
}

// wasteful tells whether the file has many more lines than there are entries. It is asked under disk.
func (c *Cache) wasteful() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.lines > 2*len(c.entries)+spare
}

// save writes what is unsaved, and the whole file anew when it has become wasteful. What cannot be written is lost for the file, or
// else a full disk would fill the memory.
func (c *Cache) save() {
	c.disk.Lock()
	defer c.disk.Unlock()
	c.mu.Lock()
	c.armed = false
	lines := c.unsaved
	c.unsaved = nil
	c.mu.Unlock()
	if c.log == nil || len(lines) == 0 {
		return
	}
	c.lines += bytes.Count(lines, []byte{'\n'})
	if c.torn {
		lines = append([]byte{'\n'}, lines...)
	}
	n, err := c.log.Write(lines)
	if n > 0 {
		c.torn = lines[n-1] != '\n'
	}
	if c.wasteful() {
		err = c.compact()
	}
	if err != nil {
		err = fmt.Errorf("digest cache: %w: digests will have to be computed again", err)
	}
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
}

// compact writes all entries into a new file, which takes the place of the old one. It is called under disk. If it fails, the old file
// is still in use, and it is tried again only when as many lines again are in vain.
func (c *Cache) compact() error {
	c.lines = 0
	name := c.file + ".new"
	if err := c.writeAll(name); err != nil {
		os.Remove(name)
		return err
	}
	c.log.Close() // Windows renames over no open file
	err := os.Rename(name, c.file)
	log, err2 := os.OpenFile(c.file, os.O_RDWR|os.O_APPEND|os.O_CREATE|noFollow, 0o600)
	if err2 != nil {
		c.log, err = nil, err2
		c.lock.Close()
		return err
	}
	c.log = log
	if err == nil {
		c.torn = false
	}
	return err
}

// writeAll writes a file of all entries. It holds mu for short moments only.
func (c *Cache) writeAll(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|noFollow, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	c.mu.RLock()
	paths := make([]string, 0, len(c.entries))
	for path := range c.entries {
		paths = append(paths, path)
	}
	c.mu.RUnlock()
	var buf []byte
	for i, path := range paths {
		c.mu.RLock()
		e, ok := c.entries[path]
		c.mu.RUnlock()
		if ok {
			buf = appendLine(buf, path, e)
			c.lines++
		}
		if len(buf) > saveAt || i == len(paths)-1 {
			if _, err := f.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	return f.Close()
}

// appendLine appends the line for an entry.
func appendLine(dst []byte, path string, e entry) []byte {
	start := len(dst)
	dst = append(dst, "00000000 "...)
	dst = hex.AppendEncode(dst, e.digest[:])
	dst = strconv.AppendInt(append(dst, ' '), e.size, 10)
	dst = strconv.AppendInt(append(dst, ' '), e.modTime, 10)
	dst = strconv.AppendUint(append(dst, ' '), e.inode, 10)
	dst = strconv.AppendUint(append(dst, ' '), uint64(e.changed), 10)
	dst = append(dst, ' ')
	for i := range len(path) {
		switch path[i] {
		case '\n':
			dst = append(dst, `\n`...)
		case '\\':
			dst = append(dst, `\\`...)
		default:
			dst = append(dst, path[i])
		}
	}
	sum := crc32.ChecksumIEEE(dst[start+9:])
	hex.Encode(dst[start:], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	return append(dst, '\n')
}

// parseLine reads a line, without its end. The path may be a part of the line. A line that appendLine does not write is not ok.
func parseLine(line []byte) (path []byte, e entry, ok bool) {
	var sum [4]byte
	if len(line) < 9+2*len(e.digest)+1 || line[8] != ' ' || line[9+2*len(e.digest)] != ' ' {
		return nil, e, false
	}
	if _, err := hex.Decode(sum[:], line[:8]); err != nil {
		return nil, e, false
	}
	line = line[9:]
	if crc32.ChecksumIEEE(line) != uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3]) {
		return nil, e, false
	}
	if _, err := hex.Decode(e.digest[:], line[:2*len(e.digest)]); err != nil {
		return nil, e, false
	}
	line = line[2*len(e.digest)+1:]
	var size, modTime, inode, changed uint64
	if size, line, ok = number(line); !ok {
		return nil, e, false
	}
	negative := len(line) > 0 && line[0] == '-' // before 1970
	if negative {
		line = line[1:]
	}
	if modTime, line, ok = number(line); !ok {
		return nil, e, false
	}
	if inode, line, ok = number(line); !ok {
		return nil, e, false
	}
	if changed, line, ok = number(line); !ok {
		return nil, e, false
	}
	e.size, e.modTime, e.inode, e.changed = int64(size), int64(modTime), inode, int64(changed)
	if negative {
		e.modTime = -e.modTime
	}
	path, ok = unescape(line)
	return path, e, ok && e.size >= 0 && len(path) <= maxPath
}

// number reads decimal digits and the blank behind them. (The functions of strconv would allocate.)
func number(line []byte) (n uint64, rest []byte, ok bool) {
	for i, b := range line {
		if b == ' ' {
			return n, line[i+1:], i > 0
		}
		if b < '0' || b > '9' || i == 20 {
			break
		}
		n = n*10 + uint64(b-'0')
	}
	return 0, nil, false
}

// unescape gives the path back that appendLine has written.
func unescape(s []byte) ([]byte, bool) {
	if bytes.IndexByte(s, '\\') < 0 {
		return s, true
	}
	path := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b == '\\' {
			if i++; i == len(s) {
				return nil, false
			}
			switch s[i] {
			case 'n':
				b = '\n'
			case '\\':
			default:
				return nil, false
			}
		}
		path = append(path, b)
	}
	return path, true
}
