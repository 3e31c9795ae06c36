package inbox

import (
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strconv"
	"strings"
)

// The index is a file of lines, each a checksum of the rest in 8 hexadecimal digits, and:
//
//	file SIZE MTIME INODE SHA1 "ORIGIN" "NAME"    a file came
//	gone "NAME"                                   it was removed
//	folder "NAME"                                 a folder was made for files
//	left "NAME"                                   it was removed
//	end "-"                                       all that counted when the file was written anew stands above
//
// A later line for a name counts more than an earlier one. A line is written before what it tells is done: a file that is not in the
// state that the line names did not come through us. Lines that are torn or wrong are ignored.
type record struct {
	kind, name string
	entry      entry
}

func appendRecord(b []byte, r record) []byte {
	start := len(b)
	b = append(b, "00000000 "...)
	b = append(b, r.kind...)
	b = append(b, ' ')
	if r.kind == "file" {
		b = strconv.AppendInt(b, r.entry.size, 10)
		b = append(b, ' ')
		b = strconv.AppendInt(b, r.entry.modTime, 10)
		b = append(b, ' ')
		b = strconv.AppendUint(b, r.entry.inode, 10)
		b = append(b, ' ')
		b = hex.AppendEncode(b, r.entry.digest[:])
		b = append(b, ' ')
		b = strconv.AppendQuote(b, r.entry.origin)
		b = append(b, ' ')
	}
	b = strconv.AppendQuote(b, r.name)
	var sum [8]byte
	crc := crc32.ChecksumIEEE(b[start+9:])
	hex.Encode(sum[:], []byte{byte(crc >> 24), byte(crc >> 16), byte(crc >> 8), byte(crc)})
	copy(b[start:], sum[:])
	return append(b, '\n')
}

// parseRecord reads a line without its end.
func parseRecord(line []byte) (r record, ok bool) {
	if len(line) < 9 || line[8] != ' ' {
		return record{}, false
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.ChecksumIEEE(line[9:]) {
		return record{}, false
	}
	s := string(line[9:])
	r.kind, s, _ = strings.Cut(s, " ")
	switch r.kind {
	case "file":
		var size, modTime, inode, digest, origin string
		size, s, _ = strings.Cut(s, " ")
		modTime, s, _ = strings.Cut(s, " ")
		inode, s, _ = strings.Cut(s, " ")
		digest, s, _ = strings.Cut(s, " ")
		if origin, err = strconv.QuotedPrefix(s); err != nil {
			return record{}, false
		}
		if s, ok = strings.CutPrefix(s[len(origin):], " "); !ok {
			return record{}, false
		}
		e := &r.entry
		var errs [4]error
		e.size, errs[0] = strconv.ParseInt(size, 10, 64)
		e.modTime, errs[1] = strconv.ParseInt(modTime, 10, 64)
		e.inode, errs[2] = strconv.ParseUint(inode, 10, 64)
		if len(digest) != 2*len(e.digest) {
			return record{}, false
		}
		_, errs[3] = hex.Decode(e.digest[:], []byte(digest))
		if errors.Join(errs[:]...) != nil || e.size < 0 {
			return record{}, false
		}
		if e.origin, ok = unquote(origin); !ok {
			return record{}, false
		}
	case "gone", "folder", "left", "end":
	default:
		return record{}, false
	}
	r.name, ok = unquote(s)
	return r, ok && CheckName(r.name) == nil
}
