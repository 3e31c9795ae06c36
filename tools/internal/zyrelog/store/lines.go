package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
	"unicode/utf8"

	"github.com/gofrs/flock"
	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// line is a record as scripts read it. Keys that say nothing are absent.
type line struct {
	Type     string `json:"type"` // "RECORD"
	ID       int64  `json:"id,omitzero"`
	Received string `json:"received"`
	Time     string `json:"time"`
	Level    string `json:"level"`
	Event    string `json:"event"`
	Node     string `json:"node"` // hash, four digits
	NodeName string `json:"node_name,omitzero"`
	Peer     string `json:"peer,omitzero"`
	PeerName string `json:"peer_name,omitzero"`
	Text     string `json:"text"`
	Base64   bool   `json:"base64,omitzero"` // of text
}

// HashText is how a hash is written: four digits.
func HashText(hash uint16) string { return fmt.Sprintf("%04X", hash) }

// JSON returns a record as one line of JSON, line end included. Text that is not
// UTF-8 is in base64 (RFC 4648, section 4), and "base64" is true then.
func JSON(r Record, names *Names) []byte {
	out := line{Type: "RECORD", ID: r.ID, Received: show.Time(r.Received), Time: show.Time(r.Sent), Level: zrelog.LevelName(r.Level), Event: zrelog.EventName(r.Event),
		Node: HashText(r.Node), NodeName: names.known(r.Node, r.Received), Text: r.Text}
	if r.Peer != 0 {
		out.Peer, out.PeerName = HashText(r.Peer), names.known(r.Peer, r.Received)
	}
	if !utf8.ValidString(r.Text) {
		out.Text, out.Base64 = base64.StdEncoding.EncodeToString([]byte(r.Text)), true
	}
	return show.Line(out)
}

// Lines writes records as lines of JSON, to a file or a stream.
type Lines struct {
	names   Names
	w       io.Writer // of a stream
	name    string    // of a file
	f       *os.File
	lock    *flock.Flock // others keep out
	limits  Limits
	size    int64     // of f
	started time.Time // of f
	buf     []byte
}

// NewLines writes to a stream, of which nothing is ever removed.
func NewLines(w io.Writer) *Lines { return &Lines{w: w} }

// OpenLines appends to a file, which belongs to this process then: beside it
// lies name.lock. When it has half of what the limits allow it
// becomes name.1, in the place of an older one, and a new file begins.
func OpenLines(name string, limits Limits) (*Lines, error) {
	l := &Lines{name: name, limits: limits, lock: flock.New(name+".lock", flock.SetPermissions(0o600))}
	mine, err := l.lock.TryLock()
	if err == nil && !mine {
		err = fmt.Errorf("%s: another program writes it", show.Text(name))
	}
	if err == nil {
		err = l.open()
	}
	if err != nil {
		return nil, errors.Join(err, l.lock.Close())
	}
	return l, nil
}

func (l *Lines) open() error {
	f, err := os.OpenFile(l.name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", show.Text(l.name))
	}
	if first := []byte{'{'}; err == nil && info.Size() > 0 {
		if _, err = f.ReadAt(first, 0); err == nil && first[0] != '{' {
			err = fmt.Errorf("%s has something else in it than lines of JSON: name another file", show.Text(l.name))
		}
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.f, l.size, l.started = f, info.Size(), time.Now()
	if l.size > 0 {
		return l.finish(info)
	}
	return nil
}

// finish ends a line that was cut when the writer was killed, and finds out
// when the file began: at the first record's time, or at the least before it was changed last.
func (l *Lines) finish(info fs.FileInfo) error {
	l.started = info.ModTime()
	var last [1]byte
	if _, err := l.f.ReadAt(last[:], l.size-1); err != nil || last[0] == '\n' {
		return err
	}
	if _, err := l.f.WriteAt([]byte{'\n'}, l.size); err != nil {
		return err
	}
	l.size++
	return nil
}

// Write writes the records, and knows the nodes from then on.
func (l *Lines) Write(_ context.Context, b Batch) error {
	l.names.Meet(b.Nodes...)
	l.buf = l.buf[:0]
	for _, r := range b.Records {
		l.buf = append(l.buf, JSON(r, &l.names)...)
	}
	if l.w != nil {
		_, err := l.w.Write(l.buf)
		return err
	}
	if err := l.rotate(time.Now()); err != nil {
		return err
	}
	// At its place: what a full disk took of an earlier try is overwritten.
	n, err := l.f.WriteAt(l.buf, l.size)
	if err != nil {
		_ = l.f.Truncate(l.size) // else the next try does it; n does not tell what was written
		return err
	}
	l.size += int64(n)
	return nil
}

func (l *Lines) rotate(now time.Time) error {
	if l.size == 0 || (l.limits.Size == 0 || l.size+int64(len(l.buf)) <= l.limits.Size/2) && (l.limits.Age == 0 || now.Sub(l.started) < l.limits.Age/2) {
		return nil
	}
	if err := os.Rename(l.name, l.name+".1"); err != nil {
		return err
	}
	old := l.f
	if err := l.open(); err != nil {
		l.f = old // the old one under its new name, until it works
		return err
	}
	return old.Close()
}

// Close closes a file.
func (l *Lines) Close() error {
	if l.f == nil {
		return nil
	}
	return errors.Join(l.f.Close(), l.lock.Close())
}
