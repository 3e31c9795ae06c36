// Package store keeps the records of a network, as ZRELOG brings them: in
// SQLite, in PostgreSQL, or as lines of JSON.
package store

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zeromq/gozyre/codecs/zrelog"
)

// Record is what a node told, and when it came. See gozyre/ZRELOG, section 4.
type Record struct {
	ID       int64     // its number in the store: later ones have higher numbers
	Received time.Time // by this machine's clock, to the microsecond
	Sent     time.Time // by the node's clock, which may be hours off
	Level    uint8
	Event    uint8
	Node     uint16 // hash of who tells it
	Peer     uint16 // hash of whom it is about; 0: nobody
	Text     string // any octets
}

// Node is a node that was met, so that a hash can be shown as a name.
type Node struct {
	Hash        uint16
	UUID        string // 32 digits
	Name        string // any octets but NUL
	Addr        string
	First, Last time.Time // between which it was there
}

// Batch is what is written in one go.
type Batch struct {
	Records []Record
	Nodes   []Node
}

// ParseEvent reads what zrelog.EventName writes, in either case.
func ParseEvent(text string) (event uint8, ok bool) {
	for number := range uint8(zrelog.EventStats + 1) {
		if strings.EqualFold(text, zrelog.EventName(number)) {
			return number, true
		}
	}
	n, err := strconv.ParseUint(text, 10, 8)
	return uint8(n), err == nil
}

// plain reports whether databases take it as text: some refuse NUL and what is
// not UTF-8.
func plain(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// columns are how text is kept: as what can be read and searched, and where that
// is not the whole truth, as octets too.
func columns(octets string) (text string, raw []byte) {
	if plain(octets) {
		return octets, nil
	}
	return legible(octets), []byte(octets)
}

// legible has U+FFFD for what databases refuse.
func legible(octets string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(octets, "\x00", "\ufffd"), "\ufffd")
}
