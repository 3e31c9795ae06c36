package zrelog

import (
	"iter"
	"strconv"
	"time"
	"unicode/utf8"
)

// What one record holds, and what is said in several (rfcs/zrelog, 4).
const (
	// MaxData is the number of octets of the longest data.
	MaxData = 255
	// MaxText is the number of octets of the longest text that may be split into records.
	MaxText = 4096
)

// leastMilliseconds tells milliseconds from seconds: as seconds it is the year 5138, as milliseconds 1973.
const leastMilliseconds = 100_000_000_000

// lastMilliseconds is the end of the year 9999, after which no text of RFC 3339 can say a time.
const lastMilliseconds = 253_402_300_799_999

// Hash gives the 16 bits by which records name a node: of its UUID as 32 upper-case hexadecimal digits (rfcs/zrelog, 4). Different
// nodes may have the same.
func Hash(uuid string) uint16 {
	var h uint16
	for i := range len(uuid) {
		h = 33*h ^ uint16(uuid[i])
	}
	return h
}

// HashUUID is Hash of the text of a UUID's octets. It allocates nothing.
func HashUUID(uuid [16]byte) uint16 {
	const digits = "0123456789ABCDEF"
	var h uint16
	for _, b := range uuid {
		h = 33*h ^ uint16(digits[b>>4])
		h = 33*h ^ uint16(digits[b&15])
	}
	return h
}

// Subscription is the prefix to which a SUB subscribes for one level; for level 0 it gets everything.
func Subscription(level uint8) []byte {
	if level == 0 {
		return []byte{0xAA, 0xA2, byte(IDLog)}
	}
	return []byte{0xAA, 0xA2, byte(IDLog), level}
}

// TimeOf gives the time field of a record: milliseconds since 1970. What is before that gives 0.
func TimeOf(t time.Time) uint64 { return uint64(max(0, t.UnixMilli())) }

// When reads a time field, which has seconds from some nodes and milliseconds from others. What lies behind the year 9999 becomes its end.
func When(field uint64) time.Time {
	if field < leastMilliseconds {
		return time.Unix(int64(field), 0).UTC()
	}
	return time.UnixMilli(int64(min(field, lastMilliseconds))).UTC()
}

// LevelName gives "ERROR", "WARNING", "INFO", or the number of any other.
func LevelName(level uint8) string {
	switch level {
	case LevelError:
		return "ERROR"
	case LevelWarning:
		return "WARNING"
	case LevelInfo:
		return "INFO"
	}
	return strconv.Itoa(int(level))
}

// EventName gives "JOIN", "LEAVE", "ENTER", "EXIT", "SEND", "RECV", "STATS", "TEXT" for 0, or the number of any other.
func EventName(event uint8) string {
	switch event {
	case 0:
		return "TEXT"
	case EventJoin:
		return "JOIN"
	case EventLeave:
		return "LEAVE"
	case EventEnter:
		return "ENTER"
	case EventExit:
		return "EXIT"
	case EventSend:
		return "SEND"
	case EventRecv:
		return "RECV"
	case EventStats:
		return "STATS"
	}
	return strconv.Itoa(int(event))
}

// Split yields a text in pieces of at most MaxData octets, each split between two characters where the text is UTF-8. Of an empty text
// it yields one empty piece.
func Split[T string | []byte](text T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for len(text) > MaxData {
			n := cut(text, MaxData)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
		yield(text)
	}
}

// Cut gives the beginning of a text, at most so many octets of it, cut between two characters.
func Cut[T string | []byte](text T, most int) T {
	if len(text) <= most {
		return text
	}
	return text[:cut(text, most)]
}

// cut is where a text that is longer than most is to be cut: not within a character, but where no character ends nearby.
func cut[T string | []byte](text T, most int) int {
	for n := most; n >= 0 && n > most-utf8.UTFMax; n-- {
		if utf8.RuneStart(text[n]) {
			return n
		}
	}
	return most
}
