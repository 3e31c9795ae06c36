package zpl

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zeromq/gozyre/zpl"
)

// Place is where in a text in TOML a property comes from. Lines and columns
// count from 1, columns in characters.
type Place struct {
	Line, Col           int
	ValueLine, ValueCol int    // 0: it has no value of its own
	Key, Value          string // as they are written
	First               bool   // nothing stands before the key in its line
}

// Places returns the place of each property of a text that [ParseTOML] has
// read, by its path as [zpl.Node.Walk] says it. An element of an array has the
// place of the array's key. Of texts that are no TOML it may return anything.
func Places(data []byte) map[string]Place {
	s := scanner{text: string(data), data: data, line: 1, column: 1, places: map[string]Place{}, counts: map[string]int{}}
	at := "" // the path of the table that we are in
	for s.blank(); s.rest() != ""; s.blank() {
		before := s.pos
		switch {
		case strings.HasPrefix(s.rest(), "[["):
			s.pos += 2
			at = s.key("", true)
			s.take("]]")
		case strings.HasPrefix(s.rest(), "["):
			s.pos++
			at = s.key("", false)
			s.take("]")
		default:
			s.pair(at, 0)
		}
		if s.pos == before {
			break // no TOML
		}
	}
	return s.places
}

// scanner goes through a text. The library has found it to be TOML, and tells
// everything but where it stands.
type scanner struct {
	text   string
	data   []byte // the same
	pos    int
	line   int // of pos
	told   int // a position in that line whose column is known
	column int
	busy   int // the last line in which something stands before pos
	places map[string]Place
	counts map[string]int // how many tables an array of tables has so far
}

func (s *scanner) rest() string { return s.text[s.pos:] }

func (s *scanner) take(text string) {
	if s.blank(); strings.HasPrefix(s.rest(), text) {
		s.pos += len(text)
	}
}

// to moves on to a position, and counts the lines on the way.
func (s *scanner) to(pos int) {
	if n := strings.Count(s.text[s.pos:pos], "\n"); n > 0 {
		s.line += n
		s.told, s.column = s.pos+strings.LastIndexByte(s.text[s.pos:pos], '\n')+1, 1
	}
	s.pos = pos
}

// blank skips what means nothing: blanks, ends of lines, comments.
func (s *scanner) blank() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.to(s.pos + 1)
		case '#':
			end := strings.IndexByte(s.rest(), '\n')
			if end < 0 {
				end = len(s.rest())
			}
			s.pos += end
		default:
			return
		}
	}
}

// col returns the column of pos. Lines may be long: each part is counted once.
func (s *scanner) col() int {
	s.column += utf8.RuneCountInString(s.text[s.told:s.pos])
	s.told = s.pos
	return s.column
}

// key reads a key, dotted or not, in the table at a path. With element it is
// one more table of an array. It returns the path that the key leads to.
func (s *scanner) key(path string, element bool) string {
	for {
		s.blank()
		p := Place{Line: s.line, Col: s.col(), First: s.busy < s.line}
		begin := s.pos
		name := s.name()
		s.busy = s.line
		p.Key = s.text[begin:s.pos]
		path += "/" + name
		s.blank()
		more := strings.HasPrefix(s.rest(), ".")
		if element && !more {
			s.counts[path]++
		}
		if n := s.counts[path]; n > 1 {
			path += "[" + strconv.Itoa(n) + "]"
		}
		if _, known := s.places[path]; !known {
			s.places[path] = p
		}
		if !more || s.pos == begin {
			return path
		}
		s.pos++
	}
}

// name reads one part of a key.
func (s *scanner) name() string {
	rest := s.rest()
	if rest == "" {
		return ""
	}
	if rest[0] == '"' || rest[0] == '\'' {
		length := s.quoted()
		s.to(s.pos + length)
		if text, err := strconv.Unquote(rest[:length]); err == nil {
			return text
		}
		return strings.Trim(rest[:length], rest[:1])
	}
	length := strings.IndexAny(rest, ".=]} \t\r\n#,\"'")
	if length < 0 {
		length = len(rest)
	}
	s.pos += length
	return rest[:length]
}

// quoted returns the length of the string at pos.
func (s *scanner) quoted() int { return skip(s.data[s.pos:]) }

// pair reads a key and its value.
func (s *scanner) pair(at string, depth int) {
	path := s.key(at, false)
	s.take("=")
	s.value(path, depth)
}

// value reads what a path stands for.
func (s *scanner) value(path string, depth int) {
	s.blank()
	rest := s.rest()
	if rest == "" || depth > zpl.MaxDepth {
		return
	}
	line, col := s.line, s.col()
	s.busy = line
	switch rest[0] {
	case '{':
		s.inside('}', func() { s.pair(path, depth+1) })
		return
	case '[':
		count := 0
		s.inside(']', func() {
			element := path
			if count++; count > 1 {
				element += "[" + strconv.Itoa(count) + "]"
				s.places[element] = s.places[path]
			}
			s.value(element, depth+1)
		})
		return
	case '"', '\'':
		s.to(s.pos + s.quoted())
		s.busy = s.line
	default:
		length := strings.IndexAny(rest, ",]}#\r\n")
		if length < 0 {
			length = len(rest)
		}
		s.pos += len(strings.TrimRight(rest[:length], " \t"))
	}
	p := s.places[path]
	p.ValueLine, p.ValueCol, p.Value = line, col, rest[:len(rest)-len(s.rest())]
	s.places[path] = p
}

// inside reads the entries of a bracket up to its end.
func (s *scanner) inside(end byte, entry func()) {
	s.pos++
	for s.blank(); s.pos < len(s.text); s.blank() {
		before := s.pos
		switch s.text[s.pos] {
		case end:
			s.pos++
			return
		case ',':
			s.pos++
		default:
			entry()
		}
		if s.pos == before {
			s.pos = len(s.text) // no TOML
		}
	}
}
