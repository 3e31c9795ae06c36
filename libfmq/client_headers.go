package fmq

import (
	"encoding/hex"
	"io/fs"
	"strconv"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// headers are those of CHEEZBURGER that we know (rfcs/filemq, 6.5).
type headers struct {
	inbox.Header
	digest *[20]byte // nil: not told
	synced bool
}

// readHeaders reads headers. Of two with one name the first counts; a value that does not fit its rule is ignored.
func readHeaders(pairs []wire.Pair) headers {
	h := headers{Header: inbox.Header{Size: -1}}
	var seen [5]bool
	for _, p := range pairs {
		which := -1
		switch string(p.Key) {
		case "SIZE":
			which = 0
		case "MTIME":
			which = 1
		case "MODE":
			which = 2
		case "SHA1":
			which = 3
		case "SYNCED":
			which = 4
		}
		if which >= 0 && !seen[which] {
			seen[which] = true
			h.read(which, p.Value)
		}
	}
	return h
}

func (h *headers) read(which int, value []byte) {
	switch which {
	case 0:
		if len(value) <= 19 && allDigits(value, '9') {
			if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
				h.Size = n
			}
		}
	case 1:
		if t, err := time.Parse("2006-01-02T15:04:05.000000000Z", string(value)); err == nil && len(value) == 30 {
			h.ModTime = t
		}
	case 2:
		if len(value) <= 4 && allDigits(value, '7') {
			n, _ := strconv.ParseUint(string(value), 8, 32)
			h.Mode, h.HasMode = fs.FileMode(n)&fs.ModePerm, true
		}
	case 3:
		var d [20]byte
		if len(value) == 2*len(d) {
			if _, err := hex.Decode(d[:], value); err == nil {
				h.digest = &d
			}
		}
	case 4:
		h.synced = string(value) == "1"
	}
}

func allDigits(value []byte, most byte) bool {
	for _, c := range value {
		if c < '0' || c > most {
			return false
		}
	}
	return len(value) > 0
}
